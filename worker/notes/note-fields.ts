import { type DocumentId, isDocumentId, isNoteDocument } from '../../protocol/ids.ts'
import type { Place } from '../../protocol/notes.ts'
import { clip } from './note-content.ts'
import { MAX_EXCERPT_LENGTH, MAX_TITLE_LENGTH } from './summary.ts'

/** What the lists show of a note, written by the device that edited it. */
export interface Summary {
  readonly title: string
  readonly excerpt: string
  /** Milliseconds since 1970. */
  readonly updated: number
  /** `hashText` of the text that this speaks of. */
  readonly hash: string
}

/** What the home document says of a note, each under the flat key `<note>:<field>`. Times are milliseconds. */
export interface NoteFields {
  readonly created: number
  readonly summary: Summary
  /** Folder path with `/`. */
  readonly folder: string
  /** Path of the file that the note was imported from, which export uses again. */
  readonly path: string
  /** The text as it was imported. */
  readonly source: { readonly hash: string }
  /** When it was put into the trash; 0 where it was restored. */
  readonly trashed: number
  /** When it was deleted for good. */
  readonly deleted: number
}

export type FieldName = keyof NoteFields
export type KnownFields = { readonly [F in FieldName]?: NoteFields[F] }

const time = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const READERS: { readonly [F in FieldName]: (value: unknown) => NoteFields[F] | undefined } = {
  created: time,
  summary: value => {
    const { title, excerpt, updated, hash } = record(value)
    const when = time(updated)
    if (typeof title !== 'string' || typeof excerpt !== 'string' || typeof hash !== 'string') return undefined
    if (when === undefined) return undefined
    return {
      title: clip(title, MAX_TITLE_LENGTH),
      excerpt: clip(excerpt, MAX_EXCERPT_LENGTH),
      updated: when,
      hash,
    }
  },
  folder: text,
  path: text,
  source: value => {
    const { hash } = record(value)
    return typeof hash === 'string' ? { hash } : undefined
  },
  trashed: time,
  deleted: time,
}

export const FIELD_NAMES = Object.keys(READERS) as readonly FieldName[]

/** Undefined where the value is none that this version understands. */
export const readField = <F extends FieldName>(field: F, value: unknown): NoteFields[F] | undefined =>
  READERS[field](value)

export const fieldKey = (note: DocumentId, field: FieldName): string => `${note}:${field}`

/** Takes a key of the map apart; null where it is none of ours. */
export const parseFieldKey = (
  key: string,
): { readonly note: DocumentId; readonly field: FieldName } | null => {
  const colon = key.indexOf(':')
  const note = key.slice(0, colon)
  const field = key.slice(colon + 1)
  if (!isDocumentId(note) || !isNoteDocument(note) || !Object.hasOwn(READERS, field)) return null
  return { note, field: field as FieldName }
}

/**
 * Where a note is listed. Deleting for good removes every other field, so whatever else is there was written by
 * someone who did not know of it: such a note waits in the trash, because nothing may be lost.
 */
export const placeOf = (fields: KnownFields): Place | 'gone' => {
  const named = FIELD_NAMES.some(field => field !== 'deleted' && fields[field] !== undefined)
  if (!named) return 'gone'
  return fields.deleted !== undefined || (fields.trashed ?? 0) > 0 ? 'trash' : 'notes'
}
