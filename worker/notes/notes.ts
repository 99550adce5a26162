import type { Outcomes } from '../../protocol/commands.ts'
import type { DocumentId } from '../../protocol/ids.ts'
import { MAX_NOTE_LENGTH } from '../../protocol/limits.ts'
import type { EditOutcome, Place, TextUpdate } from '../../protocol/notes.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { type OpenDocument, StorageRefused } from '../documents/documents.ts'
import type { Clock } from '../platform/clock.ts'
import { type Random, randomId } from '../platform/random.ts'
import { createDueSummaries } from './due-summaries.ts'
import { cleanFolder } from './file-path.ts'
import { createHome, type Home, type HomeChange } from './home.ts'
import { asNoteText } from './note-content.ts'
import type { NoteDocuments } from './note-documents.ts'
import { createOpenNotes, type HeldNote } from './open-notes.ts'
import { inParallel } from './parallel.ts'
import { noRight, type Rights } from './rights.ts'
import { summaryOf } from './summary.ts'
import { createSummaryWriter } from './summary-writer.ts'
import { newNoteUpdate } from './y-text.ts'

/** The notes of one workspace. Errors are sentences for the person; codes are named at each. */
export interface Notes {
  readonly home: Home
  readonly documents: NoteDocuments
  readonly rights: Pick<Rights, 'mayWrite' | 'onChange'>
  /** `id` makes the same note again instead of another one. Errors: `access-denied`, `newer-schema`, `note-too-long`, `storage-refused`. */
  create(options: {
    readonly id?: DocumentId | undefined
    readonly text?: string | undefined
    readonly folder?: string | undefined
  }): Promise<Result<Outcomes['create-note']>>
  /** Of a note that is open. Errors: `access-denied`, `no-note`, `bad-edit`, `note-too-long`. */
  edit(note: DocumentId, version: number, updates: readonly TextUpdate[]): Result<EditOutcome>
  /** Errors of these: `access-denied`, `no-note`, `newer-schema`. */
  trash(note: DocumentId): Result<null>
  restore(note: DocumentId): Result<null>
  /** Resolves when nothing of the note is on this device any more. */
  remove(note: DocumentId): Promise<Result<null>>
  emptyTrash(): Promise<Result<Outcomes['empty-trash']>>
  /** Whether a note is being deleted for good by this device. */
  isRemoving(note: DocumentId): boolean
  /** A note for as long as someone looks at it. Errors: `no-note`, `unknown-note`. Release it once. */
  open(note: DocumentId): Promise<Result<HeldNote>>
  /** Writes the summaries that were due when the worker before this one ended. */
  catchUp(): Promise<void>
  /** Writes summaries that are due. Documents are flushed by whoever owns them. */
  flush(): Promise<void>
  /** Writes what is due and lets go of everything but the home document. */
  close(): Promise<void>
}

interface Deps {
  readonly documents: NoteDocuments
  /** The home document; it stays open as long as the notes are used. */
  readonly home: OpenDocument
  readonly clock: Clock
  readonly random: Random
  readonly rights: Rights
}

const NO_NOTE = fail('no-note', 'This note is no longer in the workspace. It was deleted for good.')
const UNKNOWN_NOTE = fail(
  'unknown-note',
  'This note is not in the workspace. It may still have to come from another device.',
)
const TOO_LONG = fail(
  'note-too-long',
  `A note holds at most ${MAX_NOTE_LENGTH} characters. Make several notes of it.`,
)

/** Removes every field and leaves a mark, so that what others wrote meanwhile shows up in the trash. */
const removal = (note: DocumentId, now: number): HomeChange => ({
  note,
  fields: {
    created: null,
    summary: null,
    folder: null,
    path: null,
    source: null,
    trashed: null,
    deleted: now,
  },
})

export const createNotes = ({ documents, home: homeDocument, clock, random, rights }: Deps): Notes => {
  const home = createHome(homeDocument, () => noRight(rights))
  const marks = createDueSummaries(homeDocument)
  const summaries = createSummaryWriter({ home, documents, marks, clock })
  const openNotes = createOpenNotes({
    documents,
    clock,
    random,
    onOpen: summaries.opened,
    beforeClose: summaries.settle,
  })

  const isListed = (note: DocumentId): boolean => (home.get(note)?.place ?? 'gone') !== 'gone'

  const move = (note: DocumentId, fields: HomeChange['fields']): Result<null> =>
    isListed(note) ? home.write([{ note, fields }]) : NO_NOTE

  const removing = new Set<DocumentId>()
  const removeAll = async (ids: readonly DocumentId[]): Promise<Result<null>> => {
    const now = clock.now()
    for (const id of ids) summaries.forget(id)
    for (const id of ids) removing.add(id)
    try {
      const written = home.write(ids.map(id => removal(id, now)))
      if (!written.ok) return written
      // The index first: if this is cut short, a text is left over, not a title without its text.
      await home.stored()
      await inParallel(8, ids, async id => {
        if (isListed(id)) return // somebody else brought it back while the disk was waited for
        await openNotes.end(id)
        await documents.remove(id)
      })
      return ok(null)
    } finally {
      for (const id of ids) removing.delete(id)
    }
  }

  return {
    home,
    documents,
    rights,
    create: async ({ id: note = randomId(random), text = '', folder = '' }) => {
      if (isListed(note)) return ok({ note })
      const refused = home.refusal()
      if (refused) return fail(refused.code, refused.message)
      const content = asNoteText(text)
      if (content.length > MAX_NOTE_LENGTH) return TOO_LONG
      const now = clock.now()
      const summary = await summaryOf(content, now)
      try {
        if (content !== '') await documents.create(note, newNoteUpdate(note, content))
      } catch (error) {
        if (!(error instanceof StorageRefused)) throw error
        return fail(
          'storage-refused',
          'The note could not be stored: this device has no space left. Your other notes are safe. Free some space and try again.',
        )
      }
      const place = cleanFolder(folder)
      const fields = {
        created: now,
        summary,
        ...(place === '' ? {} : { folder: place }),
      }
      const written = home.write([{ note, fields }])
      return written.ok ? ok({ note }) : written
    },
    edit: (note, version, updates) => {
      const denied = noRight(rights)
      if (denied) return fail(denied.code, denied.message)
      // While a tab still has it open, a note that another device deleted can be typed in: it comes back in the trash.
      const open = openNotes.peek(note)
      if (!open) return NO_NOTE
      const answer = open.text.edit(version, updates)
      if (answer.ok && answer.value.accepted && updates.length > 0) summaries.edited(open)
      return answer
    },
    trash: note => move(note, { trashed: clock.now() }),
    // 0 and not removed: a restore that meets a deletion for good on another device must leave a trace.
    restore: note => move(note, { trashed: 0, deleted: null }),
    remove: async note => (isListed(note) ? await removeAll([note]) : NO_NOTE),
    emptyTrash: async () => {
      const ids = home.rows('trash').map(({ id }) => id)
      if (ids.length === 0) return ok({ deleted: 0 })
      const removed = await removeAll(ids)
      return removed.ok ? ok({ deleted: ids.length }) : removed
    },
    isRemoving: note => removing.has(note),
    open: async note => {
      if (!isListed(note)) return home.get(note)?.fields.deleted === undefined ? UNKNOWN_NOTE : NO_NOTE
      return ok(await openNotes.acquire(note))
    },
    catchUp: summaries.catchUp,
    flush: summaries.flush,
    close: async () => {
      await openNotes.close()
      summaries.close()
      home.close()
    },
  }
}

/** The ids of all documents that the index names, trash included. */
export function* noteDocuments(home: Home): Iterable<DocumentId> {
  for (const { id, place } of home.entries()) if (place !== 'gone') yield id
}

/** Which list a note is in now. */
export const placeIn = (home: Home, note: DocumentId): Place | 'gone' => home.get(note)?.place ?? 'gone'
