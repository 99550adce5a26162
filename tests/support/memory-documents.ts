import * as Y from 'yjs'
import type { DocumentId } from '../../protocol/ids.ts'
import { type OpenDocument, StorageRefused } from '../../worker/documents/documents.ts'
import type { NoteDocuments } from '../../worker/notes/note-documents.ts'

/** What survives a crash: one Yjs update per document. */
export type MemoryDisk = Map<DocumentId, Uint8Array>

interface Loaded {
  readonly doc: Y.Doc
  users: number
  edits: number
  storedEdits: number
  present: number
  readonly marks: Map<string, unknown>
  /** A mark is not stored yet. */
  marked: boolean
  readonly storedListeners: Set<(edits: number) => void>
  readonly presentListeners: Set<() => void>
  waiting: (() => void)[]
}

export type MemoryMarks = Map<DocumentId, Map<string, unknown>>

/** The documents of one workspace without a browser: a disk that can be slow, full, or cut off by a crash. */
export interface MemoryDocuments extends NoteDocuments {
  readonly disk: MemoryDisk
  readonly marks: MemoryMarks
  /** From now on nothing reaches the disk until `storeNow`. */
  holdStorage(): void
  storeNow(): void
  /** New documents are refused as on a full disk. */
  refuse(): void
  isOpen(id: DocumentId): boolean
  opened(): number
  /** Documents that someone was said to look at, in order. */
  readonly shown: readonly DocumentId[]
  /** Resolves when nobody has the document open any more. */
  whenClosed(id: DocumentId): Promise<void>
  setPresent(id: DocumentId, others: number): void
}

export const createMemoryDocuments = (
  disk: MemoryDisk = new Map(),
  marks: MemoryMarks = new Map(),
): MemoryDocuments => {
  const loaded = new Map<DocumentId, Loaded>()
  const closing = new Map<DocumentId, (() => void)[]>()
  let holding = false
  let refusing = false
  let opened = 0
  const shown: DocumentId[] = []

  const store = (id: DocumentId, entry: Loaded): void => {
    disk.set(id, Y.encodeStateAsUpdate(entry.doc))
    marks.set(id, new Map(entry.marks))
    entry.marked = false
    entry.storedEdits = entry.edits
    for (const listener of [...entry.storedListeners]) listener(entry.edits)
    const waiting = entry.waiting
    entry.waiting = []
    for (const resolve of waiting) resolve()
  }

  const storeSoon = (id: DocumentId, entry: Loaded): void => {
    if (holding) return
    queueMicrotask(() => {
      if (!holding && loaded.get(id) === entry) store(id, entry)
    })
  }

  const load = (id: DocumentId): Loaded => {
    const doc = new Y.Doc()
    const state = disk.get(id)
    if (state) Y.applyUpdate(doc, state)
    const entry: Loaded = {
      doc,
      users: 0,
      edits: 0,
      storedEdits: 0,
      present: 0,
      storedListeners: new Set(),
      presentListeners: new Set(),
      marks: new Map(marks.get(id)),
      marked: false,
      waiting: [],
    }
    doc.on('update', () => {
      entry.edits++
      storeSoon(id, entry)
    })
    loaded.set(id, entry)
    opened++
    return entry
  }

  const storeAll = (): void => {
    for (const [id, entry] of loaded)
      if (entry.edits > entry.storedEdits || entry.marked || entry.waiting.length > 0) store(id, entry)
  }

  const acquire = async (id: DocumentId): Promise<OpenDocument> => {
    await null
    const entry = loaded.get(id) ?? load(id)
    entry.users++
    let released = false
    const setMark = (key: string, value: unknown): void => {
      entry.marks.set(key, value)
      entry.marked = true
      storeSoon(id, entry)
    }
    const open: OpenDocument = {
      id,
      doc: entry.doc,
      stored: () =>
        entry.edits <= entry.storedEdits && !entry.marked
          ? Promise.resolve()
          : new Promise(resolve => {
              entry.waiting.push(resolve)
            }),
      onStored: listener => {
        entry.storedListeners.add(listener)
        return () => entry.storedListeners.delete(listener)
      },
      edits: () => entry.edits,
      mark: key => entry.marks.get(key),
      setMark,
      markWithNext: setMark,
      present: () => entry.present,
      onPresent: listener => {
        entry.presentListeners.add(listener)
        return () => entry.presentListeners.delete(listener)
      },
      release: () => {
        if (released) throw new Error('released twice')
        released = true
        entry.users--
        if (entry.users > 0) return
        if (!holding) store(id, entry)
        loaded.delete(id)
        entry.doc.destroy()
        for (const resolve of closing.get(id) ?? []) resolve()
        closing.delete(id)
      },
    }
    return open
  }

  return {
    disk,
    marks,
    shown,
    open: id => {
      shown.push(id)
      return acquire(id)
    },
    openInBackground: acquire,
    create: async (id, update) => {
      await null
      if (refusing) throw new StorageRefused('no space left')
      if (loaded.has(id)) throw new Error('the document is open')
      const before = disk.get(id)
      disk.set(id, before ? Y.mergeUpdates([before, update]) : update)
    },
    remove: async id => {
      await null
      if (loaded.has(id)) throw new Error('the document is open')
      disk.delete(id)
    },
    flush: async () => {
      await null
      storeAll()
    },
    holdStorage: () => {
      holding = true
    },
    storeNow: () => {
      holding = false
      storeAll()
    },
    refuse: () => {
      refusing = true
    },
    isOpen: id => loaded.has(id),
    opened: () => opened,
    whenClosed: id =>
      new Promise(resolve => {
        if (loaded.has(id)) closing.set(id, [...(closing.get(id) ?? []), resolve])
        else resolve()
      }),
    setPresent: (id, others) => {
      const entry = loaded.get(id)
      if (!entry) throw new Error('the document is not open')
      entry.present = others
      for (const listener of entry.presentListeners) listener()
    },
  }
}
