import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { MARKS, UPDATES } from './document-databases.ts'
import type { DocumentRows } from './document-rows.ts'
import { createRowWriter } from './row-writer.ts'
import { completed, containsInOrder, requested } from './transactions.ts'

/**
 * A database that the stock y-indexeddb provider writes. That neither tells when a write is on disk nor when it failed,
 * and it stores no pending structs. So each `save` opens one readwrite transaction, which runs after y-indexeddb's own
 * and finds the rows that must be there by now.
 */
export const openPlainRows = async (
  name: string,
  doc: Y.Doc,
  onRefused: (error: unknown) => void,
): Promise<DocumentRows> => {
  const persistence = new IndexeddbPersistence(name, doc)
  // Its listener is called by the row writer. As long as nobody listens, Yjs does not encode all that is loaded once more.
  doc.off('update', persistence._storeUpdate)
  await Promise.all([persistence._db, persistence.whenSynced])
  const db = persistence.db!

  const reading = db.transaction([UPDATES, MARKS], 'readonly')
  const [lastCursor, keys, values] = await Promise.all([
    requested(reading.objectStore(UPDATES).openKeyCursor(null, 'prev')),
    requested(reading.objectStore(MARKS).getAllKeys()),
    requested(reading.objectStore(MARKS).getAll()),
  ])
  let lastKey = lastCursor === null ? 0 : (lastCursor.key as number)
  const rows = createRowWriter({ persistence, db, updates: UPDATES, marks: MARKS, onRefused })

  return {
    origin: persistence,
    marks: new Map(keys.map((key, index) => [String(key), values[index]])),
    // The provider adds a row whenever it opens a database, and row numbers are never given out again.
    isNew: lastKey <= 1,
    write: rows.write,
    markWithNext: rows.markWithNext,
    mended: rows.mended,
    written: rows.written,
    save: async ({ expected, marks, content, covered }) => {
      const durability = content ? 'strict' : 'relaxed'
      const transaction = db.transaction([UPDATES, MARKS], 'readwrite', { durability })
      const done = completed(transaction)
      const updates = transaction.objectStore(UPDATES)
      for (const [key, value] of marks) transaction.objectStore(MARKS).put(value, key)
      const newer = IDBKeyRange.lowerBound(lastKey, true)
      const check = async (): Promise<number> => {
        const [rowKeys, found] = await Promise.all([
          requested(updates.getAllKeys(newer)),
          requested(updates.getAll(newer)),
        ])
        const complete = containsInOrder(found as Uint8Array[], expected) && covered()
        const last = complete ? rowKeys.at(-1) : await requested(updates.add(Y.encodeStateAsUpdate(doc)))
        return (last as number | undefined) ?? lastKey
      }
      const checked = (content ? check() : Promise.resolve(lastKey)).catch(error => {
        transaction.abort() // or the marks would be kept without the content they speak of
        throw error
      })
      const [key] = await Promise.all([checked, done])
      lastKey = Math.max(lastKey, key)
    },
    close: () => persistence.destroy(),
  }
}
