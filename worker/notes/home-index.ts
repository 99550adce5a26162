import type { DocumentId } from '../../protocol/ids.ts'
import type { NoteRow, Place } from '../../protocol/notes.ts'
import { type KnownFields, placeOf, type Summary } from './note-fields.ts'

export interface NoteEntry {
  readonly id: DocumentId
  readonly fields: KnownFields
  readonly place: Place | 'gone'
  /** The same object as long as nothing in it changed. */
  readonly row: NoteRow
}

/** What all notes are, kept sorted, without Yjs. */
export interface HomeIndex {
  get(id: DocumentId): NoteEntry | undefined
  /** All notes that the home document ever named, deleted ones included. */
  entries(): Iterable<NoteEntry>
  /** Newest first; not to be changed by the caller. */
  rows(place: Place): readonly NoteRow[]
  set(id: DocumentId, fields: KnownFields): void
  /** A summary that is newer than the written one; null lets the written one show again. */
  draft(id: DocumentId, summary: Summary | null): void
  /** How many notes show such a summary. */
  drafts(): number
}

const compare = (a: NoteRow, b: NoteRow): number => b.updated - a.updated || (a.id < b.id ? -1 : 1)

/** Where `row` is, or belongs, in sorted rows. */
const positionOf = (rows: readonly NoteRow[], row: NoteRow): number => {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const found = rows[middle]!
    if (found.id === row.id) return middle
    if (compare(found, row) < 0) low = middle + 1
    else high = middle
  }
  return low
}

const makeRow = (id: DocumentId, fields: KnownFields, draft: Summary | undefined): NoteRow => {
  const summary = draft ?? fields.summary
  return {
    id,
    title: summary?.title ?? '',
    excerpt: summary?.excerpt ?? '',
    folder: fields.folder ?? '',
    updated: summary?.updated ?? fields.created ?? fields.trashed ?? 0,
  }
}

const sameRow = (a: NoteRow, b: NoteRow): boolean =>
  a.title === b.title && a.excerpt === b.excerpt && a.folder === b.folder && a.updated === b.updated

export const createHomeIndex = (initial: Iterable<readonly [DocumentId, KnownFields]>): HomeIndex => {
  const entries = new Map<DocumentId, NoteEntry>()
  const drafts = new Map<DocumentId, Summary>()
  const sorted: Record<Place, NoteRow[]> = { notes: [], trash: [] }

  const makeEntry = (id: DocumentId, fields: KnownFields): NoteEntry => ({
    id,
    fields,
    place: placeOf(fields),
    row: makeRow(id, fields, drafts.get(id)),
  })

  for (const [id, fields] of initial) {
    const entry = makeEntry(id, fields)
    entries.set(id, entry)
    if (entry.place !== 'gone') sorted[entry.place].push(entry.row)
  }
  sorted.notes.sort(compare)
  sorted.trash.sort(compare)

  const replace = (id: DocumentId, fields: KnownFields): void => {
    const before = entries.get(id)
    const made = makeEntry(id, fields)
    const moved = before?.place !== made.place || !sameRow(before.row, made.row)
    if (!moved) {
      entries.set(id, { ...made, row: before.row })
      return
    }
    if (before && before.place !== 'gone') {
      const rows = sorted[before.place]
      rows.splice(positionOf(rows, before.row), 1)
    }
    if (made.place !== 'gone') {
      const rows = sorted[made.place]
      rows.splice(positionOf(rows, made.row), 0, made.row)
    }
    entries.set(id, made)
  }

  return {
    get: id => entries.get(id),
    entries: () => entries.values(),
    rows: place => sorted[place],
    set: replace,
    drafts: () => drafts.size,
    draft: (id, summary) => {
      if (summary) drafts.set(id, summary)
      else drafts.delete(id)
      const entry = entries.get(id)
      if (entry) replace(id, entry.fields)
    },
  }
}
