import type { DocumentId } from '../../protocol/ids.ts'
import { createListeners, type Listeners } from '../listeners.ts'
import type { Clock } from '../platform/clock.ts'
import type { DocumentStore } from '../storage/document-store.ts'
import { type Attach, type Attachments, createAttachments } from './attachments.ts'
import type { ChangesInTurn } from './changes-in-turn.ts'
import type { OpenDocument } from './documents.ts'
import type { KnownDocuments } from './known-documents.ts'

/** A document in memory, as the app itself sees it. */
export interface LoadedDocument {
  readonly store: DocumentStore
  readonly attachments: Attachments
  /** A person has it open, or it is the index. */
  isWatched(): boolean
}

/** Documents in memory: loaded when they are used, attached to each relay, and unloaded when nobody uses them. */
export interface LoadedDocuments {
  /**
   * Loads a document, or hands out the one in memory. `background`: it is of no interest to a person, and unloaded at
   * once when it is released; else after five minutes.
   */
  open(id: DocumentId, background: boolean): Promise<OpenDocument>
  /** Null before it is loaded. */
  get(id: DocumentId): LoadedDocument | null
  all(): readonly LoadedDocument[]
  /** In memory, or on its way there. */
  has(id: DocumentId): boolean
  /** Attaches those in memory, and each one that is loaded from here on, to a relay; null: detaches them. */
  attachAll(relay: string, attach: Attach | null): Promise<void>
  /** Takes it out of memory, whoever uses it. */
  drop(id: DocumentId): Promise<void>
  /** Unloads all, whoever uses them. */
  close(): Promise<void>
}

interface Deps {
  readonly clock: Clock
  readonly known: KnownDocuments
  readonly openStore: (id: DocumentId) => Promise<DocumentStore>
  /** Databases that are made or deleted: whoever wants to load one waits. */
  readonly changes: Pick<ChangesInTurn, 'running'>
  /** It was unloaded, and is not known to be the same at every relay. */
  readonly onUnclean: (id: DocumentId) => void
  /** Something goes to a relay, and none is known to have it. */
  readonly onSending: (id: DocumentId) => void
  /** Whether all is stored of what a person has open may have changed. */
  readonly onSaving: () => void
}

interface Entry extends LoadedDocument {
  readonly id: DocumentId
  users: number
  watchers: number
  cancelUnload: (() => void) | null
  readonly present: Listeners
}

const IDLE_MS = 5 * 60_000

export const createLoadedDocuments = (deps: Deps): LoadedDocuments => {
  const { clock, known, changes } = deps
  const loaded = new Map<DocumentId, Promise<Entry>>()
  const ready = new Map<DocumentId, Entry>()
  const closing = new Map<DocumentId, Promise<void>>()
  const relays = new Map<string, Attach>()

  const load = async (id: DocumentId): Promise<Entry> => {
    await closing.get(id)
    // Not clean from here on, on disk too, before anybody can edit: a crash must not leave an edit behind a clean mark.
    const [store] = await Promise.all([deps.openStore(id), known.forgetClean(id)])
    const present = createListeners()
    const entry: Entry = {
      id,
      store,
      attachments: createAttachments({
        id,
        store,
        onPresent: present.tell,
        onSending: () => deps.onSending(id),
      }),
      isWatched: () => entry.watchers > 0,
      users: 0,
      watchers: 0,
      cancelUnload: null,
      present,
    }
    // What comes in the background is no news: it is about what a person has in front of them.
    const tellIfWatched = (): void => {
      if (entry.isWatched()) deps.onSaving()
    }
    store.doc.on('update', () => {
      tellIfWatched()
      void store.save()
    })
    store.onStored(tellIfWatched)
    ready.set(id, entry)
    for (const [relay, attach] of relays) entry.attachments.attach(relay, attach)
    return entry
  }

  const letGo = async (entry: Entry, afterwards = async (): Promise<void> => undefined): Promise<void> => {
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

  const unload = async (entry: Entry): Promise<void> => {
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
    if (isUnclean) deps.onUnclean(entry.id)
  }

  const use = (entry: Entry, background: boolean): void => {
    entry.users += 1
    if (!background) entry.watchers += 1
    entry.cancelUnload?.()
    entry.cancelUnload = null
    entry.attachments.setWatched(entry.isWatched())
  }

  const release = (entry: Entry, background: boolean): void => {
    entry.users -= 1
    if (!background) entry.watchers -= 1
    entry.attachments.setWatched(entry.isWatched())
    if (entry.users > 0) return
    const whenIdle = (): void => {
      void unload(entry)
    }
    if (background) whenIdle()
    else entry.cancelUnload = clock.after(IDLE_MS, whenIdle)
  }

  const open = async (id: DocumentId, background: boolean): Promise<OpenDocument> => {
    // A database that is deleted takes its connections with it, and one that is made has its first content at the end.
    for (let change = changes.running(id); change; change = changes.running(id)) await change
    let loading = loaded.get(id)
    if (!loading) {
      loading = load(id)
      loaded.set(id, loading)
      loading.catch(() => loaded.delete(id))
    }
    const entry = await loading
    if (ready.get(id) !== entry) return open(id, background) // it was unloaded while we waited
    use(entry, background)
    const { store, attachments } = entry
    let released = false
    return {
      id,
      doc: store.doc,
      stored: store.save,
      onStored: store.onStored,
      edits: store.edits,
      mark: store.mark,
      setMark: store.setMark,
      markWithNext: store.markWithNext,
      present: attachments.present,
      onPresent: entry.present.add,
      release: () => {
        if (released) return
        released = true
        release(entry, background)
      },
    }
  }

  return {
    open,
    get: id => ready.get(id) ?? null,
    all: () => [...ready.values()],
    has: id => loaded.has(id),
    attachAll: async (relay, attach) => {
      const before = [...ready.values()].map(entry => entry.attachments.detach(relay))
      if (attach === null) relays.delete(relay)
      else {
        relays.set(relay, attach)
        for (const entry of ready.values()) entry.attachments.attach(relay, attach)
      }
      await Promise.all(before)
    },
    drop: async id => {
      await loaded.get(id)?.catch(() => undefined)
      const entry = ready.get(id)
      entry?.cancelUnload?.()
      // Whoever compares it in the background holds a document that is in no memory from here on, and is told that it is gone.
      if (entry) await letGo(entry)
      await closing.get(id)
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
