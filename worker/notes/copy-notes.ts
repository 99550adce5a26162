import type { DocumentId } from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { StorageRefused } from '../documents/documents.ts'
import type { Home, HomeChange } from './home.ts'
import type { NoteDocuments } from './note-documents.ts'
import type { Notes } from './notes.ts'
import { inParallel } from './parallel.ts'
import { readNote } from './read-note.ts'
import { summaryOf } from './summary.ts'
import { diffText } from './text-diff.ts'
import { newNoteUpdate, readText, replaceInText, textOf } from './y-text.ts'

interface Place {
  readonly documents: NoteDocuments
  readonly home: Home
}

/** A note, and the id of its copy: the same pair again finds the copy there and makes no other. */
export interface CopyOf {
  readonly note: DocumentId
  readonly as: DocumentId
}

const BATCH = 50

const NO_SPACE = fail(
  'storage-refused',
  'Not all of it could be copied: this device has no space left. Nothing was taken away. Free some space and try again.',
)

const isListed = (home: Home, id: DocumentId): boolean => (home.get(id)?.place ?? 'gone') !== 'gone'

/** Texts as they were copied just now, by the id of the copy. */
type Copied = ReadonlyMap<DocumentId, string>

const copyBatch = async (
  from: Place,
  into: Place,
  copies: readonly CopyOf[],
  below: string,
): Promise<Result<Copied>> => {
  const changes: HomeChange[] = []
  const copied = new Map<DocumentId, string>()
  const copyOne = async ({ note, as }: CopyOf): Promise<void> => {
    const entry = from.home.get(note)
    if (!entry || entry.place === 'gone' || isListed(into.home, as)) return
    const text = await readNote(from.documents, note)
    const { created, summary, path, source } = entry.fields
    if (text !== '') await into.documents.create(as, newNoteUpdate(as, text))
    const folder = [below, entry.row.folder].filter(name => name !== '').join('/')
    const fields = {
      created: created ?? entry.row.updated,
      summary: await summaryOf(text, summary?.updated ?? entry.row.updated),
      ...(folder !== '' && { folder }),
      ...(path !== undefined && { path }),
      ...(source !== undefined && { source }),
    }
    changes.push({ note: as, fields })
    copied.set(as, text)
  }
  let full = false
  try {
    await inParallel(8, copies, copyOne)
  } catch (error) {
    if (!(error instanceof StorageRefused)) throw error
    full = true
  }
  // Whatever went wrong with one note: the texts that are stored must not be left without their names.
  const written = into.home.write(changes)
  if (!written.ok) return written
  await into.home.stored()
  return full ? NO_SPACE : ok(copied)
}

/**
 * Deletes a note for good whose copy is stored. What was typed in it meanwhile is added to the copy first, so that
 * there is no moment at which the newest words are in neither. Where the copy was changed too, both stay.
 */
const removeCopied = async (
  from: Pick<Notes, 'documents' | 'home' | 'remove'>,
  into: Place,
  { note, as }: CopyOf,
  text: string | undefined,
): Promise<Result<null>> => {
  if (!isListed(from.home, note)) return ok(null)
  const source = await from.documents.openInBackground(note)
  const copy = await into.documents.openInBackground(as)
  try {
    let known = text ?? readText(textOf(copy.doc))
    for (;;) {
      const wanted = readText(textOf(source.doc))
      if (wanted === known) break
      const shared = textOf(copy.doc)
      if (text === undefined || readText(shared) !== known) return ok(null)
      copy.doc.transact(() => replaceInText(shared, diffText(known, wanted)))
      known = wanted
      const summary = await summaryOf(wanted, from.home.get(note)?.row.updated ?? 0)
      const written = into.home.write([{ note: as, fields: { summary } }])
      if (!written.ok) return written
      await copy.stored()
      await into.home.stored()
    }
  } finally {
    source.release()
    copy.release()
  }
  // In the same turn as the comparison: nothing can be typed in between.
  return from.remove(note)
}

/**
 * Copies notes into another workspace as new notes of it: their text as it is now, with title, dates and folder, and
 * without their history. Without `keep` each is deleted here once its copy is stored: whatever interrupts it, a note is
 * in one of the two. Resolves with the ids of the copies. `below`: a folder that they come into.
 * Errors: `no-note`, `newer-schema`, `storage-refused`; what was done until then stays done.
 */
export const copyNotes = async (request: {
  readonly from: Pick<Notes, 'documents' | 'home' | 'remove'>
  readonly into: Place
  readonly copies: readonly CopyOf[]
  readonly keep: boolean
  readonly below?: string
}): Promise<Result<readonly DocumentId[]>> => {
  const { from, into, copies, keep, below = '' } = request
  const refused = into.home.refusal() ?? (keep ? null : from.home.refusal())
  if (refused) return fail(refused.code, refused.message)
  for (let at = 0; at < copies.length; at += BATCH) {
    const batch = copies.slice(at, at + BATCH)
    const copied = await copyBatch(from, into, batch, below)
    if (!copied.ok) return copied
    for (const copy of keep ? [] : batch) {
      if (!isListed(into.home, copy.as)) continue
      const removed = await removeCopied(from, into, copy, copied.value.get(copy.as))
      if (!removed.ok) return removed
    }
  }
  const made = copies.map(({ as }) => as).filter(id => isListed(into.home, id))
  if (made.length === 0 && copies.length > 0)
    return fail('no-note', 'This note is no longer in the workspace. It was deleted for good.')
  return ok(made)
}
