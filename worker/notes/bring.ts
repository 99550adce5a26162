import * as Y from 'yjs'
import type { DocumentId } from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import type { Home, HomeChange } from './home.ts'
import type { NoteDocuments } from './note-documents.ts'
import { FIELD_NAMES, type KnownFields } from './note-fields.ts'
import { noteDocuments } from './notes.ts'
import { inParallel } from './parallel.ts'

interface Workspace {
  readonly documents: NoteDocuments
  readonly home: Home
}

const BATCH = 200

const missingFields = (have: KnownFields, offered: KnownFields): HomeChange['fields'] =>
  Object.fromEntries(
    FIELD_NAMES.filter(field => offered[field] !== undefined && have[field] === undefined).map(field => [
      field,
      offered[field],
    ]),
  )

/**
 * Copies all notes, the trash included, into another workspace under the same ids, and resolves with their number.
 * Whole states are merged, so doing it again adds what is missing and doubles nothing; what was deleted for good
 * over there stays deleted. Flush the notes that are brought first. Errors: `newer-schema`.
 */
export const bring = async (from: Workspace, into: Workspace): Promise<Result<number>> => {
  const refused = into.home.refusal()
  if (refused) return fail(refused.code, refused.message)

  const copyText = async (id: DocumentId): Promise<void> => {
    const source = await from.documents.openInBackground(id)
    const update = Y.encodeStateAsUpdate(source.doc)
    source.release()
    if (!into.home.get(id)) {
      await into.documents.create(id, update)
      return
    }
    const target = await into.documents.openInBackground(id)
    Y.applyUpdate(target.doc, update)
    await target.stored()
    target.release()
  }

  const ids = [...noteDocuments(from.home)].filter(id => into.home.get(id)?.fields.deleted === undefined)
  for (let at = 0; at < ids.length; at += BATCH) {
    const batch = ids.slice(at, at + BATCH)
    await inParallel(8, batch, copyText)
    const changes = batch.map(note => ({
      note,
      fields: missingFields(into.home.get(note)?.fields ?? {}, from.home.get(note)?.fields ?? {}),
    }))
    const written = into.home.write(changes.filter(({ fields }) => Object.keys(fields).length > 0))
    if (!written.ok) return written
  }
  return ok(ids.length)
}
