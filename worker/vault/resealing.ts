import { VAULT_DOCUMENT, type WorkspaceId } from '../../protocol/ids.ts'
import type { NoteDocuments } from '../notes/note-documents.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { reseal } from './reseal.ts'
import type { KeyName } from './sealed-value.ts'
import type { TextSealer } from './text-sealer.ts'

export type Progress = { readonly done: number; readonly total: number } | null

/** Sees to it that everything is sealed by the key that is wanted, with as little reading as possible. */
export interface Resealing {
  /** Null while nothing is sealed anew. */
  progress(): Progress
  /** To be awaited before anything is written by the wanted key. */
  beforeWriting(): Promise<void>
  /** Seals anew what needs it; resolves when the document in memory has it all. */
  run(): Promise<void>
  /** Whether everything is known to be sealed by the wanted key. */
  isDone(): Promise<boolean>
  wasUsed(): Promise<boolean>
}

interface Deps {
  readonly workspace: WorkspaceId
  readonly documents: Pick<NoteDocuments, 'openInBackground'>
  readonly store: Pick<DeviceStore, 'note' | 'setNote'>
  readonly sealer: TextSealer
  readonly onChange: () => void
  readonly isClosed: () => boolean
}

/** Stands for the name of the key while several may be in use. */
const MIXED = 'mixed'

export const createResealing = ({ workspace, documents, store, sealer, ...deps }: Deps): Resealing => {
  const noteName = `vault ${workspace}`
  let progress: Progress = null
  let round = 0
  /** By which key all that is in memory is sealed, while the disk does not have it yet. */
  let inMemory: KeyName | null = null
  let running: Promise<void> | null = null
  let known: Promise<KeyName | undefined> | null = null

  /** By which key everything was sealed when it was last looked through. */
  const lastKey = (): Promise<KeyName | undefined> => {
    known ??= store.note(noteName).catch(error => {
      known = null // read again the next time
      throw error
    })
    return known
  }
  const remember = async (name: KeyName): Promise<void> => {
    if ((await lastKey()) === name) return
    await store.setNote(noteName, name)
    known = Promise.resolve(name)
  }
  const setProgress = (next: Progress): void => {
    progress = next
    deps.onChange()
  }

  /** On the disk before the first text is: a start after a crash must not take a mixture for finished. */
  const beforeWriting = async (): Promise<void> => {
    if ((await lastKey()) !== sealer.wanted()) await remember(MIXED)
  }

  const look = async (): Promise<void> => {
    round += 1
    const current = round
    inMemory = null
    await beforeWriting()
    const { doc, stored, release } = await documents.openInBackground(VAULT_DOCUMENT)
    try {
      await reseal({ doc, sealer, onProgress: setProgress, isClosed: deps.isClosed })
    } catch (error) {
      release()
      throw error
    } finally {
      setProgress(null)
    }
    const name = sealer.wanted()
    inMemory = name
    stored()
      .then(async () => {
        if (current === round && sealer.wanted() === name && !deps.isClosed()) await remember(name)
      })
      .catch(error => console.error('It could not be noted by which key the vault is sealed.', error))
      .finally(() => {
        if (current === round) inMemory = null
        release()
      })
  }

  return {
    progress: () => progress,
    beforeWriting,
    run: () => {
      running ??= look().finally(() => {
        running = null
      })
      return running
    },
    isDone: async () => inMemory === sealer.wanted() || (await lastKey()) === sealer.wanted(),
    wasUsed: async () => (await lastKey()) !== undefined,
  }
}
