import { openDB } from 'idb'
import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { equalBytes } from '../../protocol/bytes.ts'
import { isPending } from '../documents/document-state.ts'
import type { Clock } from '../platform/clock.ts'
import { MARKS, UPDATES } from './document-databases.ts'
import { createRowWriter } from './row-writer.ts'

/**
 * A document's IndexedDB database: the stock y-indexeddb provider writes the content; this reads it back.
 *
 * y-indexeddb neither tells when a write is on disk nor when it failed, and it stores no pending structs. So each
 * `save` opens one readwrite transaction, which runs after y-indexeddb's own, finds the rows that must be there by
 * now, adds the whole state where one is missing or something is pending, and puts the marks; all or nothing.
 */
export interface DocumentStore {
  readonly doc: Y.Doc
  /** Its database was not there before. */
  readonly isNew: boolean
  /** Updates of the document since it was loaded. */
  edits(): number
  /** How many of those were read back. */
  storedEdits(): number
  /** Whether an update is not read back yet. */
  saving(): boolean
  mark(key: string): unknown
  /** Sets a mark. It is written with the next save, together with all content that is in the document now. */
  setMark(key: string, value: unknown): void
  /**
   * Sets a mark that speaks of the next update, which has to follow at once: they are written in one transaction, so
   * that a crash leaves both or neither.
   */
  markWithNext(key: string, value: unknown): void
  /** Resolves when all content and marks of this moment were read back. Tries for as long as the document is open. */
  save(): Promise<void>
  onStored(listener: (edits: number) => void): () => void
  close(): Promise<void>
}

interface StoreDeps {
  readonly name: string
  readonly clock: Clock
  /** A refused write, or null when writing works again. */
  readonly onProblem: (error: Error | null) => void
}

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 15_000

const request = <T>(idb: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    idb.onsuccess = () => resolve(idb.result)
    idb.onerror = () => reject(idb.error ?? new Error('The database gave no reason.'))
  })

const completed = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('The transaction was aborted.'))
  })

/** Whether all of `expected` occur among `rows`, in order. */
const containsInOrder = (rows: readonly Uint8Array[], expected: readonly Uint8Array[]): boolean => {
  let found = 0
  for (const row of rows) {
    if (found < expected.length && equalBytes(row, expected[found]!)) found += 1
  }
  return found === expected.length
}

/** Makes a document's database with its first content, or adds the content to the one that is there. */
export const createDocumentDatabase = async (name: string, update: Uint8Array): Promise<void> => {
  let isNew = false
  const db = await openDB(name, 1, {
    upgrade: (database, _from, _to, transaction) => {
      isNew = true
      database.createObjectStore(UPDATES, { autoIncrement: true })
      database.createObjectStore(MARKS)
      // In the very transaction that makes the database: thousands of notes are imported in a row.
      transaction
        .objectStore(UPDATES)
        .add(update)
        .catch(() => undefined) // the opening itself fails with it
    },
  })
  try {
    if (isNew) return
    const transaction = db.transaction(UPDATES, 'readwrite', { durability: 'strict' })
    await Promise.all([transaction.store.add(update), transaction.done])
  } finally {
    db.close()
  }
}

/** Loads a document from its database, which is made if need be. Rejects where the database cannot be opened. */
export const openDocumentStore = async (deps: StoreDeps): Promise<DocumentStore> => {
  const doc = new Y.Doc()
  const persistence = new IndexeddbPersistence(deps.name, doc)
  // Its listener is called by ours below. As long as nobody listens, Yjs does not encode all that is loaded once more.
  doc.off('update', persistence._storeUpdate)
  await Promise.all([persistence._db, persistence.whenSynced])
  const db = persistence.db!

  const reading = db.transaction([UPDATES, MARKS], 'readonly')
  const [lastCursor, keys, values] = await Promise.all([
    request(reading.objectStore(UPDATES).openKeyCursor(null, 'prev')),
    request(reading.objectStore(MARKS).getAllKeys()),
    request(reading.objectStore(MARKS).getAll()),
  ])
  const marks = new Map<string, unknown>(keys.map((key, index) => [String(key), values[index]]))
  let lastKey = lastCursor === null ? 0 : (lastCursor.key as number)

  const awaited: Uint8Array[] = []
  let changedMarks = new Map<string, unknown>()
  let edits = 0
  let storedEdits = 0
  let storedPending: unknown = doc.store.pendingStructs
  let closed = false
  let refused = false
  let running: Promise<void> | null = null
  let next: { promise: Promise<void>; resolve: () => void } | null = null
  const listeners = new Set<(edits: number) => void>()

  const onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === persistence) return
    awaited.push(update)
    edits += 1
  }
  const tellRefused = (error: unknown): void => {
    refused = true
    deps.onProblem(error as Error)
  }
  const tellWorking = (): void => {
    if (!refused) return
    refused = false
    deps.onProblem(null)
  }
  const rows = createRowWriter({ persistence, db, updates: UPDATES, marks: MARKS, onRefused: tellRefused })
  const writeRow = (update: Uint8Array, origin: unknown): void => {
    if (origin !== persistence) rows.write(update, origin)
  }
  doc.on('update', writeRow)
  doc.on('update', onUpdate)

  const saveOnce = async (): Promise<void> => {
    const expected = awaited.slice()
    const writing = changedMarks
    const upTo = edits
    const pending = doc.store.pendingStructs
    changedMarks = new Map()
    try {
      // Marks that are lost cost a comparison; content that was called stored must not be.
      const content = expected.length > 0 || pending !== storedPending
      const durability = content ? 'strict' : 'relaxed'
      const transaction = db.transaction([UPDATES, MARKS], 'readwrite', { durability })
      const done = completed(transaction)
      const updates = transaction.objectStore(UPDATES)
      for (const [key, value] of writing) transaction.objectStore(MARKS).put(value, key)
      const wholeState = (): number | Promise<IDBValidKey> => request(updates.add(Y.encodeStateAsUpdate(doc)))
      const newer = IDBKeyRange.lowerBound(lastKey, true)
      const check = async (): Promise<number> => {
        const [rowKeys, rows] = await Promise.all([
          request(updates.getAllKeys(newer)),
          request(updates.getAll(newer)),
        ])
        const complete = containsInOrder(rows as Uint8Array[], expected)
        const covered = !isPending(doc) || pending === storedPending
        const last = complete && covered ? rowKeys.at(-1) : await wholeState()
        return (last as number | undefined) ?? lastKey
      }
      const checked = (content ? check() : Promise.resolve(lastKey)).catch(error => {
        transaction.abort() // or the marks would be kept without the content they speak of
        throw error
      })
      const [key] = await Promise.all([checked, done])
      lastKey = Math.max(lastKey, key)
    } catch (error) {
      changedMarks = new Map([...writing, ...changedMarks])
      throw error
    }
    storedPending = pending
    awaited.splice(0, expected.length)
    if (awaited.length === 0) rows.mended()
    storedEdits = upTo
    for (const listener of [...listeners]) listener(upTo)
  }

  const saveUntilStored = async (): Promise<void> => {
    let delay = FIRST_RETRY_MS
    while (!closed) {
      try {
        await saveOnce()
        tellWorking()
        return
      } catch (error) {
        if (closed) return
        tellRefused(error)
        await new Promise<void>(resolve => deps.clock.after(delay, resolve))
        delay = Math.min(delay * 2, LAST_RETRY_MS)
      }
    }
  }

  const run = async (): Promise<void> => {
    while (next !== null) {
      const current = next
      next = null
      await saveUntilStored()
      current.resolve()
    }
    running = null
  }

  return {
    doc,
    // The provider adds a row whenever it opens a database, and row numbers are never given out again.
    isNew: lastKey <= 1,
    edits: () => edits,
    storedEdits: () => storedEdits,
    saving: () => storedEdits < edits,
    mark: key => marks.get(key),
    setMark: (key, value) => {
      marks.set(key, value)
      changedMarks.set(key, value)
    },
    markWithNext: (key, value) => {
      marks.set(key, value)
      // With the next save too: it writes the content again where this write was refused.
      changedMarks.set(key, value)
      rows.markWithNext(key, value)
    },
    save: () => {
      const nothingToSave =
        running === null &&
        awaited.length === 0 &&
        changedMarks.size === 0 &&
        doc.store.pendingStructs === storedPending
      if (nothingToSave) return Promise.resolve()
      if (next === null) {
        let resolve = () => {}
        const promise = new Promise<void>(settle => {
          resolve = settle
        })
        next = { promise, resolve }
      }
      const { promise } = next
      running ??= Promise.resolve().then(run)
      return promise
    },
    onStored: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: async () => {
      closed = true
      doc.off('update', onUpdate)
      doc.off('update', writeRow)
      doc.destroy()
      await persistence.destroy()
    },
  }
}
