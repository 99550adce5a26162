import { type DocumentId, HOME_DOCUMENT, VAULT_DOCUMENT } from '../../protocol/ids.ts'
import type { DocumentsLoss } from '../../protocol/views.ts'
import type { LocalDocuments } from '../documents/local-documents.ts'
import { createListeners } from '../listeners.ts'
import { isDeletedIn } from '../notes/deleted-notes.ts'
import type { Home } from '../notes/home.ts'
import { hashText } from '../notes/note-content.ts'
import { readNote } from '../notes/read-note.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import type { Vault } from '../vault/vault.ts'

/**
 * Notices at the start that databases of documents are gone, has them fetched again, and finds out what did not come
 * back. The index says what each text was: it holds the hash of the text that it speaks of.
 */
export interface LossKeeper {
  get(): DocumentsLoss | null
  subscribe(listener: () => void): () => void
  /** To be called before sync begins, so that it fetches what is gone. */
  look(): Promise<void>
  /** Sync may be through by now. */
  check(): void
  dismiss(): Promise<void>
}

interface Deps {
  readonly documents: LocalDocuments
  readonly home: Home
  readonly vault: Pick<Vault, 'wasUsed' | 'isEmpty'>
  readonly store: Pick<DeviceStore, 'note' | 'setNote'>
  /** Under which what is known of a loss is kept, since the databases are there again at the next start. */
  readonly key: string
  /** The documents that had a database before this start opened any; null where the browser does not say. */
  readonly found: Promise<ReadonlySet<DocumentId> | null>
  /** Whether this device had an index before this start opened it. */
  readonly hadIndex: boolean
  /** Nothing more can come: sync is off, or through. */
  readonly isComplete: () => boolean
}

interface Known {
  readonly gone: readonly DocumentId[]
  /** Those of them that were open, or not sent, when they were last seen. */
  readonly unsent: readonly DocumentId[]
  readonly index: boolean
}

const NOTHING: Known = { gone: [], unsent: [], index: false }

const readKnown = (text: string | undefined): Known => {
  return text === undefined ? NOTHING : (JSON.parse(text) as Known)
}

const union = (a: readonly DocumentId[], b: readonly DocumentId[]): DocumentId[] => [...new Set([...a, ...b])]

export const createLossKeeper = (deps: Deps): LossKeeper => {
  const { documents, home, vault, store, key, found, isComplete } = deps
  const listeners = createListeners()
  /** What was made since, out of leftovers or by an import, was not among the databases of the start. */
  const knownAtStart = [...documents.known().keys()]
  let known = NOTHING
  let value: DocumentsLoss | null = null
  let judging = false

  const set = (next: DocumentsLoss | null): void => {
    value = next
    listeners.tell()
  }

  /** A document that was never written has no database either, after a crash: then nothing is gone. */
  const hadText = async (id: DocumentId, index: boolean): Promise<boolean> => {
    if (index || documents.known().get(id)?.clean != null) return true
    if (id === VAULT_DOCUMENT) return vault.wasUsed()
    const hash = home.get(id)?.fields.summary?.hash
    return hash !== undefined && hash !== (await hashText(''))
  }

  const find = async (): Promise<Known> => {
    const index = deps.hadIndex && documents.wasMade(HOME_DOCUMENT) && documents.known().size > 1
    const present = await found
    const gone: DocumentId[] = []
    if (present === null) return { ...NOTHING, index }
    for (const id of knownAtStart)
      if (id !== HOME_DOCUMENT && !present.has(id) && (await hadText(id, index))) gone.push(id)
    return { gone, unsent: gone.filter(id => documents.known().get(id)?.clean == null), index }
  }

  const cameBack = async (id: DocumentId): Promise<boolean> => {
    if (isDeletedIn(home, id)) return true // on another device
    if (id === VAULT_DOCUMENT) return !(await vault.isEmpty())
    const hash = home.get(id)?.fields.summary?.hash
    const text = await readNote(documents, id)
    return hash === undefined ? text !== '' : (await hashText(text)) === hash
  }

  const judge = async (): Promise<void> => {
    const lost: string[] = []
    const unsure: string[] = []
    for (const id of known.gone) {
      const title =
        id === VAULT_DOCUMENT ? 'The vault with passwords and keys' : (home.get(id)?.row.title ?? '')
      if (!(await cameBack(id))) lost.push(title)
      else if (known.unsent.includes(id)) unsure.push(title)
    }
    if (value !== null) set({ ...value, fetching: false, lost, unsure })
  }

  const check = (): void => {
    if (judging || value === null || !value.fetching || !isComplete()) return
    judging = true
    judge()
      .catch(error => console.error('It could not be found out what came back.', error))
      .finally(() => {
        judging = false
      })
  }

  return {
    get: () => value,
    subscribe: listeners.add,
    look: async () => {
      const before = readKnown(await store.note(key))
      const now = await find()
      known = {
        gone: union(before.gone, now.gone),
        unsent: union(before.unsent, now.unsent),
        index: before.index || now.index,
      }
      if (known.gone.length === 0 && !known.index) return
      await store.setNote(key, JSON.stringify(known))
      await documents.compareAgain(now.gone)
      set({ gone: known.gone.length, index: known.index, fetching: true, lost: [], unsure: [] })
      check()
    },
    check,
    dismiss: async () => {
      known = NOTHING
      await store.setNote(key, null)
      set(null)
    },
  }
}
