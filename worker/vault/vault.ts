import { VAULT_DOCUMENT, type WorkspaceId } from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import {
  MAX_VAULT_TEXT,
  VAULT_FIELDS,
  type VaultEntryId,
  type VaultField,
  type VaultKind,
  type VaultOutcomes,
  type VaultTexts,
} from '../../protocol/vault.ts'
import type { OpenDocument } from '../documents/documents.ts'
import { createListeners } from '../listeners.ts'
import type { NoteDocuments } from '../notes/note-documents.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { bringVault } from './bring-vault.ts'
import { createResealing, type Progress } from './resealing.ts'
import { createTextSealer, type TextSealer } from './text-sealer.ts'
import { readEntries, type SealedEntry, sortOut, type VaultMap, vaultMap } from './vault-entries.ts'
import {
  afterAll,
  factKey,
  isEntryId,
  isOfCommand,
  makeVersion,
  placeKey,
  versionTime,
  type Writing,
} from './vault-fields.ts'
import type { VaultKeys } from './vault-keys.ts'

/** The passwords, keys and secret notes of one workspace. Nothing of them is opened before somebody asks for it. */
export interface Vault {
  readonly sealer: TextSealer
  /**
   * Writes the fields that are named; without an entry it makes one. The command names what it writes, so that doing
   * it again does nothing. Errors: `vault-read-only`, `no-entry`, `vault-empty`, `vault-too-long`.
   */
  save(
    what: { readonly entry?: VaultEntryId; readonly kind?: VaultKind; readonly fields: VaultTexts },
    command: string,
  ): Promise<Result<VaultOutcomes['vault-save']>>
  /** Errors: `no-entry`, `vault-sealed`. */
  reveal(entry: VaultEntryId, field: VaultField): Promise<Result<VaultOutcomes['vault-reveal']>>
  /** Errors: `vault-read-only`, `no-entry`; as the two below. */
  remove(entry: VaultEntryId): Promise<Result<null>>
  restore(entry: VaultEntryId): Promise<Result<null>>
  erase(entry: VaultEntryId): Promise<Result<null>>
  /** Lends the document, which is stored when `use` is done. */
  withDocument<T>(use: (open: OpenDocument) => Promise<T>): Promise<T>
  /** Seals texts and then calls `write` with them in one transaction, while they are sealed by the wanted key. */
  write(
    doc: OpenDocument['doc'],
    texts: readonly (Writing & { readonly text: string })[],
    write: (map: VaultMap, sealed: ReadonlyMap<string, string>) => void,
  ): Promise<void>
  /** Copies everything into another workspace's vault, sealed for that one; nothing where that may not be written. */
  giveTo(into: Vault): Promise<void>
  mayWrite(): boolean
  /** What is answered where it may not. */
  readonly readOnly: Result<never>
  /** Whether there is anything of it on this device. */
  isHere(): boolean
  /** Whether anything was ever written or received here. */
  wasUsed(): Promise<boolean>
  isEmpty(): Promise<boolean>
  resealing(): Progress
  /** To be awaited before sync begins: others can do nothing with what this device's own key has sealed. */
  beforeSync(): Promise<void>
  /** Sync may have been turned on or off, or there is a new epoch. */
  check(): void
  /** Something that the list shows besides the entries may have changed. */
  onChange(listener: () => void): () => void
  close(): void
}

export interface VaultDeps {
  readonly workspace: WorkspaceId
  readonly keys: VaultKeys
  readonly documents: NoteDocuments
  readonly isKnown: () => boolean
  readonly store: Pick<DeviceStore, 'note' | 'setNote'>
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
  /** What this device writes counts for the others. */
  readonly mayWrite: () => boolean
  /** Everything that others wrote is here: sealing it anew does nothing twice. */
  readonly isComplete: () => boolean
}

const READ_ONLY = fail(
  'vault-read-only',
  'You can look at this vault. Its members who may write can change it.',
)
const NO_ENTRY = fail('no-entry', 'This entry is not in the vault any more. Another device has erased it.')
const EMPTY = fail('vault-empty', 'There is nothing to keep yet. Write a title or a value first.')
const TOO_LONG = fail(
  'vault-too-long',
  `A field of the vault holds at most ${MAX_VAULT_TEXT.toLocaleString('en')} characters. Nothing was changed.`,
)
const SEALED: Record<string, ReturnType<typeof fail>> = {
  'other-device': fail(
    'vault-sealed',
    'Another device sealed this with its own key. Turn on sync there, and it can be read here. It is kept until then.',
  ),
  'unknown-key': fail(
    'vault-sealed',
    'This device does not have the key that this was sealed with. It is kept; another member’s device may still send the key.',
  ),
  damaged: fail(
    'vault-sealed',
    'This was changed by something other than Holdfast and cannot be opened. It is kept as it is.',
  ),
}

export const createVault = (deps: VaultDeps): Vault => {
  const { documents, clock, mayWrite } = deps
  const listeners = createListeners()
  let closed = false
  const announce = (): void => listeners.tell()
  const sealer = createTextSealer(deps)
  const resealing = createResealing({ ...deps, sealer, onChange: announce, isClosed: () => closed })

  const withDocument: Vault['withDocument'] = async use => {
    const open = await documents.open(VAULT_DOCUMENT)
    try {
      const result = await use(open)
      await open.stored()
      return result
    } finally {
      open.release()
    }
  }

  const write: Vault['write'] = async (doc, texts, act) => {
    for (;;) {
      await resealing.beforeWriting()
      const name = sealer.wanted()
      const sealed = await Promise.all(texts.map(({ text, ...place }) => sealer.seal(text, place)))
      // Sync was turned on or off meanwhile: what others must read is not to be sealed for this device alone.
      if (name !== sealer.wanted() || sealed.some(each => each.name !== name)) continue
      const map = vaultMap(doc)
      doc.transact(() => act(map, new Map(texts.map((place, at) => [placeKey(place), sealed[at]!.sealed]))))
      return
    }
  }

  const entryOf = (doc: OpenDocument['doc'], id: VaultEntryId): SealedEntry | undefined =>
    isEntryId(id) ? readEntries(vaultMap(doc)).get(id) : undefined

  const save: Vault['save'] = async (what, command) => {
    if (!mayWrite()) return READ_ONLY
    const named = VAULT_FIELDS.filter(field => what.fields[field] !== undefined)
    if (named.some(field => what.fields[field]!.length > MAX_VAULT_TEXT)) return TOO_LONG
    const isNew = what.entry === undefined
    if (isNew && named.every(field => what.fields[field] === '')) return EMPTY
    const id = what.entry ?? command
    return withDocument(async ({ doc }) => {
      const before = entryOf(doc, id)
      if (!isNew && !before) return NO_ENTRY
      const fields = isNew ? [...new Set(['title' as const, ...named])] : named
      // Sent again by a tab whose worker died: what was written then is there.
      const due = fields.filter(
        field => !before?.fields.get(field)?.some(({ version }) => isOfCommand(version, command)),
      )
      const newest = Math.max(
        0,
        ...due.map(field => versionTime(before?.fields.get(field)?.[0]?.version ?? '0')),
      )
      const version = makeVersion(Math.max(clock.now(), newest + 1), command)
      const texts = due.map(field => {
        const after = afterAll(before?.fields.get(field) ?? [])
        return { entry: id, field, version, after, text: what.fields[field] ?? '' }
      })
      // An empty title too: without any text there would be no entry. And what is emptied says what it came after.
      const kept = texts.filter(
        ({ field, text }) => field === 'title' || text !== '' || before?.fields.has(field),
      )
      await write(doc, kept, (map, sealed) => {
        for (const field of due)
          for (const seen of before?.fields.get(field) ?? [])
            map.delete(placeKey({ entry: id, field, version: seen.version }))
        for (const [key, value] of sealed) map.set(key, value)
        if (isNew && !map.has(factKey(id, 'kind'))) map.set(factKey(id, 'kind'), what.kind ?? 'password')
        if (due.length > 0) map.set(factKey(id, 'changed'), clock.now())
      })
      check()
      return ok({ entry: id })
    })
  }

  const reveal: Vault['reveal'] = (id, field) =>
    withDocument(async ({ doc }) => {
      const entry = entryOf(doc, id)
      if (!entry) return NO_ENTRY
      const sealed = entry.fields.get(field) ?? []
      const opened = await Promise.all(sealed.map(each => sealer.open(each.sealed, each)))
      const [newest] = opened
      if (newest && 'problem' in newest) return SEALED[newest.problem]!
      const texts = opened.flatMap(each => ('text' in each ? [each.text] : []))
      const [text = '', ...others] = new Set(texts)
      return ok({ text, others })
    })

  const change = async (
    id: VaultEntryId,
    act: (map: VaultMap, entry: SealedEntry) => void,
  ): Promise<Result<null>> => {
    if (!mayWrite()) return READ_ONLY
    return withDocument(async ({ doc }) => {
      const entry = entryOf(doc, id)
      if (!entry) return NO_ENTRY
      doc.transact(() => act(vaultMap(doc), entry))
      return ok(null)
    })
  }

  const erase = (map: VaultMap, { id }: SealedEntry): void => {
    const { counting, over } = sortOut(map)
    const versions = [...counting, ...over].flatMap(({ entry, version, after }) =>
      entry === id ? [version, ...after] : [],
    )
    const before: unknown = map.get(factKey(id, 'erased'))
    for (const key of [...map.keys()]) if (key.startsWith(`${id}.`)) map.delete(key)
    map.set(factKey(id, 'erased'), [...new Set([...(Array.isArray(before) ? before : []), ...versions])])
  }

  const isHere = deps.isKnown

  const isDue = async (): Promise<boolean> => !closed && isHere() && mayWrite() && !(await resealing.isDone())

  const checkNow = async (): Promise<void> => {
    if (resealing.progress() === null && deps.isComplete() && (await isDue())) await resealing.run()
  }

  const check = (): void => {
    announce()
    checkNow().catch(error => console.error('The vault could not be sealed anew.', error))
  }

  return {
    sealer,
    save,
    reveal,
    remove: id =>
      change(id, map => {
        map.set(factKey(id, 'deleted'), clock.now())
      }),
    restore: id =>
      change(id, map => {
        map.set(factKey(id, 'deleted'), 0)
      }),
    erase: id => change(id, erase),
    withDocument,
    write,
    giveTo: async into => {
      if (isHere() && into.mayWrite()) await bringVault({ documents, sealer }, into)
    },
    mayWrite,
    readOnly: READ_ONLY,
    isHere,
    wasUsed: resealing.wasUsed,
    isEmpty: async () => {
      const { doc, release } = await documents.openInBackground(VAULT_DOCUMENT)
      try {
        return sortOut(vaultMap(doc)).counting.length === 0
      } finally {
        release()
      }
    },
    resealing: resealing.progress,
    beforeSync: async () => {
      if (await isDue()) await resealing.run()
    },
    check,
    onChange: listeners.add,
    close: () => {
      closed = true
      listeners.clear()
    },
  }
}
