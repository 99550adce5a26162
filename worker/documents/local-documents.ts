import * as Y from 'yjs'
import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import { createListeners } from '../listeners.ts'
import type { Clock } from '../platform/clock.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { type Disk, plainDisk } from '../storage/disk.ts'
import { deleteDatabase } from '../storage/document-databases.ts'
import { type DocumentStore, openDocumentStore } from '../storage/document-store.ts'
import type { Attachment } from './attachments.ts'
import { createChangesInTurn } from './changes-in-turn.ts'
import { type Documents, type OpenDocument, StorageRefused } from './documents.ts'
import { type KnownDocument, loadKnownDocuments } from './known-documents.ts'
import { createLoadedDocuments } from './loaded-documents.ts'
import type { RelayDocuments } from './relay-documents.ts'

export interface LocalDocuments extends Documents {
  /** As the sync with one relay, by its origin, sees them. */
  at(relay: string): RelayDocuments
  /** Loads a document for comparing it only: it is unloaded at once when released. */
  openInBackground(id: DocumentId): Promise<OpenDocument>
  /** Null where it is not open, or with no relay at all. What one relay has confirmed is not unsent. */
  attachment(id: DocumentId): Pick<Attachment, 'unsent'> | null
  /** All documents that this device has, with what is known of them without opening: clean where any relay has them. */
  known(): ReadonlyMap<DocumentId, KnownDocument>
  isOpen(id: DocumentId): boolean
  /** Whether an open document had no database before it was opened. */
  wasMade(id: DocumentId): boolean
  /** Forgets that these are the same here and at any relay. */
  compareAgain(ids: readonly DocumentId[]): Promise<void>
  /** Something of a document goes to a relay, and none is known to have it. */
  onSending(listener: (id: DocumentId) => void): () => void
  /** Whether something in a document that a person has open, or in the index, is not read back yet. */
  saving(): boolean
  /** Called when `saving` may have changed. */
  onSaving(listener: () => void): () => void
  close(): Promise<void>
}

interface Deps {
  readonly workspace: WorkspaceId
  readonly device: Pick<DeviceStore, 'documents' | 'setDocument' | 'removeDocument'>
  readonly clock: Clock
  /** It is loaded while the list of all documents is still read, since it is opened first in any case. */
  readonly first?: DocumentId
  /** Name of a document's IndexedDB database. */
  readonly databaseName: (document: DocumentId) => string
  /** Without one, documents are kept as they are. */
  readonly disk?: Disk
  /** A document could not be stored; null once all of them could. */
  readonly onProblem: (error: Error | null) => void
}

export const createDocuments = async (deps: Deps): Promise<LocalDocuments> => {
  const { clock, databaseName, disk = plainDisk } = deps
  const changes = createChangesInTurn()
  const unclean = createListeners<[DocumentId]>()
  const saving = createListeners()
  const sending = createListeners<[DocumentId]>()

  const refused = new Set<string>()
  const problemOf =
    (what: string) =>
    (error: Error | null): void => {
      if (error === null) refused.delete(what)
      else refused.add(what)
      if (error !== null || refused.size === 0) deps.onProblem(error)
    }
  const openStore = (id: DocumentId): Promise<DocumentStore> =>
    openDocumentStore({ name: databaseName(id), disk, clock, onProblem: problemOf(id) })

  const [known, first] = await Promise.all([
    loadKnownDocuments({ ...deps, problemOf }),
    deps.first === undefined ? null : openStore(deps.first),
  ])
  let firstStore = first

  const takeFirst = (id: DocumentId): DocumentStore | null => {
    if (id !== deps.first) return null
    const store = firstStore
    firstStore = null
    return store
  }

  const loaded = createLoadedDocuments({
    clock,
    known,
    openStore: async id => takeFirst(id) ?? openStore(id),
    changes,
    onUnclean: unclean.tell,
    onSending: sending.tell,
    onSaving: saving.tell,
  })

  const remove = async (id: DocumentId): Promise<void> => {
    await loaded.drop(id)
    await known.remove(id)
    await deleteDatabase(databaseName(id))
  }

  const makeDatabase = async (id: DocumentId, update: Uint8Array): Promise<void> => {
    try {
      // First the index of documents: a text that it does not name would never be found again.
      await known.add(id)
      await disk.create(databaseName(id), update)
    } catch (error) {
      await known.remove(id).catch(() => undefined) // an entry without a text is compared with the relay and does no harm
      throw new StorageRefused('The browser could not store a document.', { cause: error })
    }
  }

  const addToLoaded = async (id: DocumentId, update: Uint8Array): Promise<void> => {
    const open = await loaded.open(id, true)
    try {
      Y.applyUpdate(open.doc, update)
      await open.stored()
    } finally {
      open.release()
    }
  }

  const at = (relay: string): RelayDocuments => {
    const here = known.at(relay)
    return {
      attachAll: attach => loaded.attachAll(relay, attach),
      openInBackground: id => loaded.open(id, true),
      attachment: id => loaded.get(id)?.attachments.at(relay) ?? null,
      known: () => here.all,
      isOpen: id => loaded.has(id),
      unclean: () => [...here.unclean].filter(id => !loaded.has(id)),
      onUnclean: listener =>
        unclean.add(id => {
          if (here.all.get(id)?.clean == null) listener(id)
        }),
    }
  }

  return {
    open: id => loaded.open(id, false),
    openInBackground: id => loaded.open(id, true),
    create: async (id, update) => {
      if (loaded.has(id)) return addToLoaded(id, update)
      await changes.add(id, () => makeDatabase(id, update))
      unclean.tell(id)
    },
    remove: id => changes.add(id, () => remove(id)),
    flush: async () => {
      await Promise.all(
        loaded.all().map(async entry => {
          await entry.store.save()
          await entry.attachments.flush()
        }),
      )
    },
    at,
    attachment: id => {
      const attachments = loaded.get(id)?.attachments
      return attachments?.any() ? attachments : null
    },
    known: () => known.all,
    isOpen: id => loaded.has(id),
    wasMade: id => loaded.get(id)?.store.isNew === true,
    compareAgain: async ids => {
      await Promise.all(ids.map(known.add))
    },
    onSending: sending.add,
    saving: () => loaded.all().some(entry => entry.isWatched() && entry.store.saving()),
    onSaving: saving.add,
    close: loaded.close,
  }
}
