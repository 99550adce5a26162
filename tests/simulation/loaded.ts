import type { DocumentId } from '../../protocol/ids.ts'
import type { Attach } from '../../worker/documents/attachments.ts'
import type { LocalDocuments } from '../../worker/documents/local-documents.ts'
import type { DocumentStore } from '../../worker/storage/document-store.ts'
import type { RelayMarks } from '../../worker/sync/document/relay-marks.ts'
import { ORIGIN } from './relay-host.ts'

/** The documents that a worker has in memory, by whoever opened them. */
export type Loaded = ReadonlyMap<DocumentId, Pick<DocumentStore, 'doc' | 'edits' | 'mark' | 'saving'>>

/** Sees what a worker does with its documents. */
export interface LoadedWatcher {
  /** What it knows of a document at the relay is another now. */
  marked(document: DocumentId, before: RelayMarks | undefined, after: RelayMarks): void
  unloaded(document: DocumentId): void
}

const KEY = `relay ${ORIGIN}`

/** What a worker knows of a document at the relay, once it was set: an audit that just began has set nothing yet. */
export const marksOf = (store: Pick<DocumentStore, 'mark'>): RelayMarks | undefined =>
  store.mark(KEY) as RelayMarks | undefined

/** Stands between the documents and their sync, so it has to be there before sync is started. */
export const watchLoaded = (documents: LocalDocuments, watcher: LoadedWatcher): Loaded => {
  const loaded = new Map<DocumentId, DocumentStore>()
  const watched =
    (attach: Attach): Attach =>
    (id, store, others) => {
      loaded.set(id, store)
      const setMark: DocumentStore['setMark'] = (key, value) => {
        if (key === KEY) watcher.marked(id, marksOf(store), value as RelayMarks)
        store.setMark(key, value)
      }
      const attachment = attach(id, { ...store, setMark }, others)
      return {
        ...attachment,
        detach: async () => {
          if (loaded.get(id) === store) loaded.delete(id)
          watcher.unloaded(id)
          await attachment.detach()
        },
      }
    }
  const { at } = documents
  documents.at = relay => {
    const there = at(relay)
    return { ...there, attachAll: attach => there.attachAll(attach && watched(attach)) }
  }
  return loaded
}
