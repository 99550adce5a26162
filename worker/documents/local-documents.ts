import * as Y from 'yjs'
import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { Clock } from '../platform/clock.ts'
import type { CleanMark, DeviceStore, StoredDocument } from '../storage/device-store.ts'
import { createDocumentDatabase, type DocumentStore, openDocumentStore } from '../storage/document-store.ts'
import { createChangesInTurn } from './changes-in-turn.ts'
import { type Documents, type OpenDocument, StorageRefused } from './documents.ts'
import { loadKnownDocuments } from './known-documents.ts'

/** Connects a loaded document with a relay. */
export interface Attachment {
  /** Nothing is unsent and all that was read is stored: the mark to keep. Null where that is not known. */
  clean(): CleanMark | null
  /** The relay has not confirmed everything that is here. */
  unsent(): boolean
  /** Clean, and everything that the relay has is here. */
  settled(): boolean
  present(): number
  onPresent(listener: () => void): () => void
  /** Something of the document goes to the relay, which may lack it. */
  onSending(listener: () => void): () => void
  /** Whether a person looks at the document on this device: shown to others, and worth quicker sending. */
  setWatched(watched: boolean): void
  flush(): Promise<void>
  detach(): Promise<void>
}

export type Attach = (document: DocumentId, store: DocumentStore) => Attachment

export interface LocalDocuments extends Documents {
  /** Connects all loaded documents, and those to be loaded, until it is called with null. */
  attachAll(attach: Attach | null): Promise<void>
  /** Loads a document for comparing it only: it is unloaded at once when released. */
  openInBackground(id: DocumentId): Promise<OpenDocument>
  attachment(id: DocumentId): Attachment | null
  /** All documents that this device has, with what is known of them without opening. */
  known(): ReadonlyMap<DocumentId, StoredDocument>
  isOpen(id: DocumentId): boolean
  /** Documents that are not loaded, and not known to be at the relay. */
  unclean(): readonly DocumentId[]
  /** Whether an open document had no database before it was opened. */
  wasMade(id: DocumentId): boolean
  /** Forgets that these are the same here and at the relay. */
  compareAgain(ids: readonly DocumentId[]): Promise<void>
  /** Something of a document goes to the relay, which may lack it. */
  onSending(listener: (id: DocumentId) => void): () => void
  /** A document that is not loaded may hold something unsent: it was just made, or let go before it was confirmed. */
  onUnclean(listener: (id: DocumentId) => void): () => void
  /** Whether something in a document that a person has open, or in the index, is not read back yet. */
  saving(): boolean
  /** Called when `saving` may have changed. */
  onSaving(listener: () => void): () => void
  close(): Promise<void>
}

interface Loaded {
  readonly id: DocumentId
  readonly store: DocumentStore
  attachment: Attachment | null
  users: number
  watchers: number
  cancelUnload: (() => void) | null
  readonly presentListeners: Set<() => void>
}

const IDLE_MS = 5 * 60_000

interface Deps {
  readonly workspace: WorkspaceId
  readonly device: Pick<DeviceStore, 'documents' | 'setDocument' | 'removeDocument'>
  readonly clock: Clock
  /** It is loaded while the list of all documents is still read, since it is opened first in any case. */
  readonly first?: DocumentId
  /** Name of a document's IndexedDB database. */
  readonly databaseName: (document: DocumentId) => string
  /** A document could not be stored; null once all of them could. */
  readonly onProblem: (error: Error | null) => void
}

export const createDocuments = async (deps: Deps): Promise<LocalDocuments> => {
  const { clock, databaseName } = deps
  const loaded = new Map<DocumentId, Promise<Loaded>>()
  const ready = new Map<DocumentId, Loaded>()
  const closing = new Map<DocumentId, Promise<void>>()
  /** Databases that are made or deleted: whoever wants to load one waits. */
  const changes = createChangesInTurn()
  const uncleanListeners = new Set<(id: DocumentId) => void>()
  const savingListeners = new Set<() => void>()
  const sendingListeners = new Set<(id: DocumentId) => void>()
  let attach: Attach | null = null

  const refused = new Set<string>()
  const problemOf =
    (what: string) =>
    (error: Error | null): void => {
      if (error === null) refused.delete(what)
      else refused.add(what)
      if (error !== null || refused.size === 0) deps.onProblem(error)
    }
  const openStore = (id: DocumentId): Promise<DocumentStore> =>
    openDocumentStore({ name: databaseName(id), clock, onProblem: problemOf(id) })

  const [known, first] = await Promise.all([
    loadKnownDocuments({ ...deps, problemOf }),
    deps.first === undefined ? null : openStore(deps.first),
  ])
  let firstStore = first

  const announce = (): void => {
    for (const listener of [...savingListeners]) listener()
  }

  const announceUnclean = (id: DocumentId): void => {
    for (const listener of [...uncleanListeners]) listener(id)
  }

  const connect = (entry: Loaded): void => {
    if (attach === null) return
    entry.attachment = attach(entry.id, entry.store)
    entry.attachment.setWatched(entry.watchers > 0)
    entry.attachment.onPresent(() => {
      for (const listener of [...entry.presentListeners]) listener()
    })
    entry.attachment.onSending(() => {
      for (const listener of [...sendingListeners]) listener(entry.id)
    })
  }

  const takeFirst = (id: DocumentId): DocumentStore | null => {
    if (id !== deps.first) return null
    const store = firstStore
    firstStore = null
    return store
  }

  const load = async (id: DocumentId): Promise<Loaded> => {
    await closing.get(id)
    // Not clean from here on, on disk too, before anybody can edit: a crash must not leave an edit behind a clean mark.
    const [store] = await Promise.all([takeFirst(id) ?? openStore(id), known.forgetClean(id)])
    const entry: Loaded = {
      id,
      store,
      attachment: null,
      users: 0,
      watchers: 0,
      cancelUnload: null,
      presentListeners: new Set(),
    }
    // What comes in the background is no news: `saving` is about what a person has in front of them.
    const announceIfWatched = (): void => {
      if (entry.watchers > 0) announce()
    }
    store.doc.on('update', () => {
      announceIfWatched()
      void store.save()
    })
    store.onStored(announceIfWatched)
    ready.set(id, entry)
    connect(entry)
    return entry
  }

  const letGo = async (entry: Loaded, afterwards = async (): Promise<void> => undefined): Promise<void> => {
    ready.delete(entry.id)
    loaded.delete(entry.id)
    const closed = (async () => {
      await entry.attachment?.detach()
      await entry.store.close()
      await afterwards()
    })().finally(() => closing.delete(entry.id))
    closing.set(entry.id, closed)
    await closed
  }

  const remove = async (id: DocumentId): Promise<void> => {
    await loaded.get(id)?.catch(() => undefined)
    const entry = ready.get(id)
    entry?.cancelUnload?.()
    // Whoever compares it in the background holds a document without a database from here on, and is told that it is gone.
    if (entry) await letGo(entry)
    await closing.get(id)
    await known.remove(id)
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(databaseName(id))
      request.onsuccess = () => resolve()
      request.onerror = () => reject(request.error)
    })
  }

  const unload = async (entry: Loaded): Promise<void> => {
    await entry.attachment?.flush()
    await entry.store.save()
    if (entry.users > 0 || ready.get(entry.id) !== entry) return
    const clean = entry.attachment?.clean() ?? null
    if (clean !== null) known.setClean(entry.id, clean)
    await letGo(entry, async () => {
      if (clean !== null) await known.keepClean(entry.id)
    })
    if (clean === null && entry.attachment !== null) announceUnclean(entry.id)
  }

  const acquire = async (id: DocumentId, background: boolean): Promise<OpenDocument> => {
    // A database that is deleted takes its connections with it, and one that is made has its first content at the end.
    for (let change = changes.running(id); change; change = changes.running(id)) await change
    let loading = loaded.get(id)
    if (!loading) {
      loading = load(id)
      loaded.set(id, loading)
      loading.catch(() => loaded.delete(id))
    }
    const entry = await loading
    if (ready.get(id) !== entry) return acquire(id, background) // it was unloaded while we waited
    entry.users += 1
    if (!background) entry.watchers += 1
    entry.cancelUnload?.()
    entry.cancelUnload = null
    entry.attachment?.setWatched(entry.watchers > 0)
    let released = false
    return {
      id,
      doc: entry.store.doc,
      stored: () => entry.store.save(),
      onStored: entry.store.onStored,
      edits: entry.store.edits,
      mark: entry.store.mark,
      setMark: entry.store.setMark,
      markWithNext: entry.store.markWithNext,
      present: () => entry.attachment?.present() ?? 0,
      onPresent: listener => {
        entry.presentListeners.add(listener)
        return () => entry.presentListeners.delete(listener)
      },
      release: () => {
        if (released) return
        released = true
        entry.users -= 1
        if (!background) entry.watchers -= 1
        entry.attachment?.setWatched(entry.watchers > 0)
        if (entry.users > 0) return
        const whenIdle = (): void => {
          void unload(entry)
        }
        if (background) whenIdle()
        else entry.cancelUnload = clock.after(IDLE_MS, whenIdle)
      },
    }
  }

  const makeDatabase = async (id: DocumentId, update: Uint8Array): Promise<void> => {
    try {
      // First the index of documents: a text that it does not name would never be found again.
      await known.add(id)
      await createDocumentDatabase(databaseName(id), update)
    } catch (error) {
      await known.remove(id).catch(() => undefined) // an entry without a text is compared with the relay and does no harm
      throw new StorageRefused('The browser could not store a document.', { cause: error })
    }
  }

  const addToLoaded = async (id: DocumentId, update: Uint8Array): Promise<void> => {
    const open = await acquire(id, true)
    try {
      Y.applyUpdate(open.doc, update)
      await open.stored()
    } finally {
      open.release()
    }
  }

  return {
    open: id => acquire(id, false),
    openInBackground: id => acquire(id, true),
    create: async (id, update) => {
      if (loaded.has(id)) return addToLoaded(id, update)
      await changes.add(id, () => makeDatabase(id, update))
      announceUnclean(id)
    },
    remove: id => changes.add(id, () => remove(id)),
    flush: async () => {
      await Promise.all(
        [...ready.values()].map(async entry => {
          await entry.store.save()
          await entry.attachment?.flush()
        }),
      )
    },
    attachAll: async next => {
      const before = [...ready.values()].map(entry => entry.attachment?.detach())
      for (const entry of ready.values()) entry.attachment = null
      attach = next
      for (const entry of ready.values()) connect(entry)
      await Promise.all(before)
    },
    attachment: id => ready.get(id)?.attachment ?? null,
    known: () => known.all,
    isOpen: id => loaded.has(id),
    unclean: () => [...known.unclean].filter(id => !loaded.has(id)),
    wasMade: id => ready.get(id)?.store.isNew === true,
    compareAgain: async ids => {
      await Promise.all(ids.map(known.add))
    },
    onSending: listener => {
      sendingListeners.add(listener)
      return () => sendingListeners.delete(listener)
    },
    onUnclean: listener => {
      uncleanListeners.add(listener)
      return () => uncleanListeners.delete(listener)
    },
    saving: () => [...ready.values()].some(entry => entry.watchers > 0 && entry.store.saving()),
    onSaving: listener => {
      savingListeners.add(listener)
      return () => savingListeners.delete(listener)
    },
    close: async () => {
      await Promise.all(
        [...ready.values()].map(async entry => {
          entry.cancelUnload?.()
          entry.users = 0
          await unload(entry)
        }),
      )
    },
  }
}
