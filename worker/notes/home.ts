import type * as Y from 'yjs'
import type { DocumentId } from '../../protocol/ids.ts'
import type { NoteRow, Place } from '../../protocol/notes.ts'
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts'
import type { OpenDocument } from '../documents/documents.ts'
import { createListeners } from '../listeners.ts'
import { createHomeIndex, type NoteEntry } from './home-index.ts'
import {
  FIELD_NAMES,
  type FieldName,
  fieldKey,
  type KnownFields,
  type NoteFields,
  parseFieldKey,
  readField,
  type Summary,
} from './note-fields.ts'

/**
 * Version of what the home document holds.
 * 1 (2026-11): `meta` {schema}, `notes` with the flat keys of note-fields.ts.
 */
const HOME_SCHEMA = 1

/** Fields to write; null removes one. */
export interface HomeChange {
  readonly note: DocumentId
  readonly fields: { readonly [F in FieldName]?: NoteFields[F] | null }
}

/** The index of a workspace's notes, as the home document has it. */
export interface Home {
  get(id: DocumentId): NoteEntry | undefined
  entries(): Iterable<NoteEntry>
  /** Newest first. The array changes with the index: copy what is to be kept. */
  rows(place: Place): readonly NoteRow[]
  /** How many keys could not be understood and were passed over. */
  skipped(): number
  /** Why nothing may be written here: this device may only read, or a newer Holdfast has been at work. Null while all is well. */
  refusal(): Failure | null
  /** Writes all changes in one transaction. Errors: `access-denied`, `newer-schema`. */
  write(changes: readonly HomeChange[]): Result<null>
  /** Shows a summary in the lists before it is written; null ends that. */
  draft(id: DocumentId, summary: Summary | null): void
  /** How many notes show a summary that is not written. */
  drafts(): number
  /** Tells which notes changed in the index. */
  onChange(listener: (notes: ReadonlySet<DocumentId>) => void): () => void
  /** Resolves when all that was written is read back from the disk. */
  stored(): Promise<void>
  close(): void
}

const NEWER_SCHEMA: Failure = {
  code: 'newer-schema',
  message:
    'This workspace was changed by a newer version of Holdfast. Your notes are safe and can be read; reload to update before you change them.',
}

const sameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Builds the index once and then follows the document's events. `denied`: why this device may write nothing. */
export const createHome = (open: OpenDocument, denied: () => Failure | null = () => null): Home => {
  const meta: Y.Map<unknown> = open.doc.getMap('meta')
  const map: Y.Map<unknown> = open.doc.getMap('notes')
  const listeners = createListeners<[notes: ReadonlySet<DocumentId>]>()
  const unreadable = new Set<string>()

  const readKey = (key: string, fields: Record<string, unknown>): DocumentId | null => {
    const parsed = parseFieldKey(key)
    const value = parsed && readField(parsed.field, map.get(key))
    if (!parsed || value === undefined) {
      unreadable.add(key)
      return null
    }
    unreadable.delete(key)
    fields[parsed.field] = value
    return parsed.note
  }

  const initial = new Map<DocumentId, Record<string, unknown>>()
  for (const key of map.keys()) {
    const parsed = parseFieldKey(key)
    const fields = (parsed && initial.get(parsed.note)) ?? {}
    const note = readKey(key, fields)
    if (note !== null) initial.set(note, fields)
  }
  const index = createHomeIndex(initial as Iterable<[DocumentId, KnownFields]>)

  const announce = (notes: ReadonlySet<DocumentId>): void => listeners.tell(notes)

  const follow = (event: Y.YMapEvent<unknown>): void => {
    const changed = new Set<DocumentId>()
    for (const key of event.keysChanged) {
      unreadable.delete(key)
      if (!map.has(key)) {
        const parsed = parseFieldKey(key)
        if (parsed) changed.add(parsed.note)
        continue
      }
      const parsed = parseFieldKey(key)
      if (parsed) changed.add(parsed.note)
      else unreadable.add(key)
    }
    for (const note of changed) {
      const fields: Record<string, unknown> = {}
      for (const field of FIELD_NAMES) {
        const key = fieldKey(note, field)
        if (map.has(key)) readKey(key, fields)
      }
      index.set(note, fields as KnownFields)
    }
    if (changed.size > 0) announce(changed)
  }
  map.observe(follow)

  const refusal = (): Failure | null => {
    const noRight = denied()
    if (noRight) return noRight
    const schema = meta.get('schema')
    return typeof schema === 'number' && schema > HOME_SCHEMA ? NEWER_SCHEMA : null
  }

  const writeField = (key: string, value: unknown): void => {
    if (value === null) {
      if (map.has(key)) map.delete(key)
    } else if (!map.has(key) || !sameValue(map.get(key), value)) map.set(key, value)
  }

  return {
    get: index.get,
    entries: index.entries,
    rows: index.rows,
    skipped: () => unreadable.size,
    refusal,
    write: changes => {
      const refused = refusal()
      if (refused) return fail(refused.code, refused.message)
      open.doc.transact(() => {
        // Not when the document is made: an empty device must create nothing that others would have to merge.
        if (changes.length > 0 && !meta.has('schema')) meta.set('schema', HOME_SCHEMA)
        for (const { note, fields } of changes)
          for (const field of FIELD_NAMES)
            if (fields[field] !== undefined) writeField(fieldKey(note, field), fields[field])
      })
      return ok(null)
    },
    draft: (id, summary) => {
      index.draft(id, summary)
      announce(new Set([id]))
    },
    drafts: index.drafts,
    onChange: listeners.add,
    stored: () => open.stored(),
    close: () => {
      map.unobserve(follow)
      listeners.clear()
    },
  }
}
