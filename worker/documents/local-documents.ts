import * as Y from 'yjs'
import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { Clock } from '../platform/clock.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { type Disk, plainDisk } from '../storage/disk.ts'
import { deleteDatabase } from '../storage/document-databases.ts'
import { type DocumentStore, openDocumentStore } from '../storage/document-store.ts'
import { type Attach, type Attachment, type Attachments, createAttachments } from './attachments.ts'
import { createChangesInTurn } from './changes-in-turn.ts'
import { type Documents, type OpenDocument, StorageRefused } from './documents.ts'
import { type KnownDocument, loadKnownDocuments } from './known-documents.ts'
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

interface Loaded {
  readonly id: DocumentId
  readonly store: DocumentStore
  readonly attachments: Attachments
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
  /** Without one, documents are kept as they are. */
  readonly disk?: Disk
  /** A document could not be stored; null once all of them could. */
  readonly onProblem: (error: Error | null) => void
}

export const createDocuments = async (deps: Deps): Promise<LocalDocuments> => {
  const { clock, databaseName, disk = plainDisk } = deps
  const loaded = new Map<DocumentId, Promise<Loaded>>()
  const ready = new Map<DocumentId, Loaded>()
  const closing = new Map<DocumentId, Promise<void>>()
  /** Databases that are made or deleted: whoever wants to load one waits. */
  const changes = createChangesInTurn()
  const uncleanListeners = new Set<(id: DocumentId) => void>()
  const savingListeners = new Set<() => void>()
  const sendingListeners = new Set<(id: DocumentId) => void>()
  const relays = new Map<string, Attach>()

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

  const announce = (): void => {
    for (const listener of [...savingListeners]) listener()
  }

  const announceUnclean = (id: DocumentId): void => {
    for (const listener of [...uncleanListeners]) listener(id)
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
      attachments: createAttachments({
        id,
        store,
        onPresent: () => {
          for (const listener of [...entry.presentListeners]) listener()
        },
        onSending: () => {
          for (const listener of [...sendingListeners]) listener(id)
        },
      }),
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
    for (const [relay, attach] of relays) entry.attachments.attach(relay, attach)
    return entry
  }

  const letGo = async (entry: Loaded, afterwards = async (): Promise<void> => undefined): Promise<void> => {
    ready.delete(entry.id)
    loaded.delete(entry.id)
    const closed = (async () => {
      await entry.attachments.detachAll()
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
    await deleteDatabase(databaseName(id))
  }

  const unload = async (entry: Loaded): Promise<void> => {
    await entry.attachments.flush()
    await entry.store.save()
    if (entry.users > 0 || ready.get(entry.id) !== entry) return
    const isUnclean = !entry.attachments.isCleanEverywhere()
    const clean = entry.attachments.clean()
    const isSomewhere = Object.keys(clean).length > 0
    if (isSomewhere) known.setClean(entry.id, clean)
    await letGo(entry, async () => {
      if (isSomewhere) await known.keepClean(entry.id)
    })
    if (isUnclean) announceUnclean(entry.id)
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
    entry.attachments.setWatched(entry.watchers > 0)
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
      present: () => entry.attachments.present(),
      onPresent: listener => {
        entry.presentListeners.add(listener)
        return () => entry.presentListeners.delete(listener)
      },
      release: () => {
        if (released) return
        released = true
        entry.users -= 1
        if (!background) entry.watchers -= 1
        entry.attachments.setWatched(entry.watchers > 0)
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
      await disk.create(databaseName(id), update)
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

  const attachAll = async (relay: string, attach: Attach | null): Promise<void> => {
    const before = [...ready.values()].map(entry => entry.attachments.detach(relay))
    if (attach === null) relays.delete(relay)
    else relays.set(relay, attach)
    if (attach !== null) for (const entry of ready.values()) entry.attachments.attach(relay, attach)
    await Promise.all(before)
  }

  const at = (relay: string): RelayDocuments => {
    const here = known.at(relay)
    return {
      attachAll: attach => attachAll(relay, attach),
      openInBackground: id => acquire(id, true),
      attachment: id => ready.get(id)?.attachments.at(relay) ?? null,
      known: () => here.all,
      isOpen: id => loaded.has(id),
      unclean: () => [...here.unclean].filter(id => !loaded.has(id)),
      onUnclean: listener => {
        const listen = (id: DocumentId): void => {
          if (here.all.get(id)?.clean == null) listener(id)
        }
        uncleanListeners.add(listen)
        return () => uncleanListeners.delete(listen)
      },
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
          await entry.attachments.flush()
        }),
      )
    },
    at,
    attachment: id => {
      const attachments = ready.get(id)?.attachments
      return attachments?.any() ? attachments : null
    },
    known: () => known.all,
    isOpen: id => loaded.has(id),
    wasMade: id => ready.get(id)?.store.isNew === true,
    compareAgain: async ids => {
      await Promise.all(ids.map(known.add))
    },
    onSending: listener => {
      sendingListeners.add(listener)
      return () => sendingListeners.delete(listener)
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
