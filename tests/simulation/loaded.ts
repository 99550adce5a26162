import type { DocumentId } from '../../protocol/ids.ts'
import type { Attach } from '../../worker/documents/attachments.ts'
import type { LocalDocuments } from '../../worker/documents/local-documents.ts'
import type { DocumentStore } from '../../worker/storage/document-store.ts'
import type { RelayMarks } from '../../worker/sync/document/relay-marks.ts'

/** The documents that a worker has in memory, by whoever opened them. */
export type Loaded = ReadonlyMap<DocumentId, Pick<DocumentStore, 'doc' | 'edits' | 'mark' | 'saving'>>

/** Sees what a worker does with its documents. */
export interface LoadedWatcher {
  /** What it knows of a document at a relay is another now. */
  marked(relay: string, document: DocumentId, before: RelayMarks | undefined, after: RelayMarks): void
  unloaded(document: DocumentId): void
}

const keyOf = (relay: string): string => `relay ${relay}`

/** What a worker knows of a document at a relay, once it was set: an audit that just began has set nothing yet. */
export const marksOf = (store: Pick<DocumentStore, 'mark'>, relay: string): RelayMarks | undefined =>
  store.mark(keyOf(relay)) as RelayMarks | undefined

/** Stands between the documents and their sync, so it has to be there before sync is started. */
export const watchLoaded = (documents: LocalDocuments, watcher: LoadedWatcher): Loaded => {
  const loaded = new Map<DocumentId, DocumentStore>()
  /** To how many relays each is attached. */
  const attached = new WeakMap<DocumentStore, number>()
  const attachedBy = (store: DocumentStore, more: number): number => {
    const count = (attached.get(store) ?? 0) + more
    attached.set(store, count)
    return count
  }
  const watched =
    (relay: string, attach: Attach): Attach =>
    (id, store, others) => {
      loaded.set(id, store)
      attachedBy(store, 1)
      const setMark: DocumentStore['setMark'] = (key, value) => {
        if (key === keyOf(relay)) watcher.marked(relay, id, marksOf(store, relay), value as RelayMarks)
        store.setMark(key, value)
      }
      const attachment = attach(id, { ...store, setMark }, others)
      return {
        ...attachment,
        detach: async () => {
          if (attachedBy(store, -1) === 0) {
            if (loaded.get(id) === store) loaded.delete(id)
            watcher.unloaded(id)
          }
          await attachment.detach()
        },
      }
    }
  const { at } = documents
  documents.at = relay => {
    const there = at(relay)
    return { ...there, attachAll: attach => there.attachAll(attach && watched(relay, attach)) }
  }
  return loaded
}
