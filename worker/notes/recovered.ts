import { type DocumentId, isNoteDocument } from '../../protocol/ids.ts'
import type { NoteRow, RecoveredValue } from '../../protocol/notes.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { createListeners } from '../listeners.ts'
import type { Clock } from '../platform/clock.ts'
import type { Home } from './home.ts'
import type { NoteDocuments } from './note-documents.ts'
import { readNote } from './read-note.ts'
import { summarise, summaryOf } from './summary.ts'

/** Texts that are on this device and that the index does not name. */
export interface Recovered {
  /** The same object as long as nothing changed. */
  get(): RecoveredValue
  subscribe(listener: () => void): () => void
  /** The index may be complete by now. */
  check(): void
  /** Makes a note of it again. Errors: `no-note`, `newer-schema`. */
  restore(id: DocumentId): Promise<Result<null>>
  /** Deletes it on all devices. Errors: `no-note`, `newer-schema`. */
  remove(id: DocumentId): Promise<Result<null>>
  close(): void
}

interface Deps {
  readonly documents: NoteDocuments
  readonly home: Home
  readonly clock: Clock
  /** All documents that this device has. */
  readonly known: () => Iterable<DocumentId>
  /** Everything that others wrote into the index is here, as far as anybody can know. */
  readonly isComplete: () => boolean
}

/** A text always arrives a little before its line in the index: on this device, and from another one. */
const QUIET_MS = 10_000

const NO_NOTE = fail('no-note', 'This text is not there any more. Another device has restored or deleted it.')

export const createRecovered = ({ documents, home, clock, known, isComplete }: Deps): Recovered => {
  const listeners = createListeners()
  let value: RecoveredValue = []
  let changedAt = clock.now()
  let cancel: (() => void) | null = null
  let closed = false

  /** Neither in a list nor deleted for good. */
  const isUnnamed = (id: DocumentId): boolean => {
    const entry = home.get(id)
    return !entry || (entry.place === 'gone' && entry.fields.deleted === undefined)
  }

  const set = (rows: RecoveredValue): void => {
    if (rows.length === value.length && rows.every((row, index) => row === value[index])) return
    value = rows
    listeners.tell()
  }

  const look = async (): Promise<void> => {
    const rows: NoteRow[] = []
    for (const id of known()) {
      if (!isNoteDocument(id) || !isUnnamed(id)) continue
      const before = value.find(row => row.id === id)
      const text = before ? null : await readNote(documents, id)
      if (before) rows.push(before)
      else if (text) rows.push({ id, ...summarise(text), folder: '', updated: 0 })
    }
    if (!closed) set(rows.filter(({ id }) => isUnnamed(id)))
  }

  const lookWhenQuiet = (): void => {
    cancel = null
    const wait = changedAt + QUIET_MS - clock.now()
    if (wait > 0) cancel = clock.after(wait, lookWhenQuiet)
    else if (isComplete())
      look().catch(error => console.error('Texts without a title could not be looked for.', error))
  }

  const check = (): void => {
    if (!closed) cancel ??= clock.after(QUIET_MS, lookWhenQuiet)
  }

  const stop = home.onChange(changed => {
    changedAt = clock.now()
    if (value.some(({ id }) => changed.has(id))) set(value.filter(({ id }) => isUnnamed(id)))
    check()
  })
  check()

  const isHere = (id: DocumentId): boolean => value.some(row => row.id === id) && isUnnamed(id)

  return {
    get: () => value,
    subscribe: listeners.add,
    check,
    restore: async id => {
      if (!isHere(id)) return NO_NOTE
      const text = await readNote(documents, id)
      const now = clock.now()
      const summary = await summaryOf(text, now)
      return home.write([{ note: id, fields: { created: now, summary } }])
    },
    remove: async id => {
      if (!isHere(id)) return NO_NOTE
      const written = home.write([{ note: id, fields: { deleted: clock.now() } }])
      if (!written.ok) return written
      await home.stored()
      await documents.remove(id)
      return ok(null)
    },
    close: () => {
      closed = true
      cancel?.()
      stop()
      listeners.clear()
    },
  }
}
