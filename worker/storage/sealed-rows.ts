import type * as Y from 'yjs'
import type { Bytes } from '../../protocol/bytes.ts'
import type { DatabaseSeal } from './database-seal.ts'
import { MARKS, UPDATES } from './document-databases.ts'
import type { DocumentRows, Save } from './document-rows.ts'
import { SealedPersistence } from './sealed-persistence.ts'
import { completed, containsInOrder, requested } from './transactions.ts'

type SealedMarks = readonly (readonly [string, Bytes])[]

/** A database in which every row is sealed. Rejects where one of them cannot be opened. */
export const openSealedRows = async (
  name: string,
  doc: Y.Doc,
  seal: DatabaseSeal,
  onRefused: (error: unknown) => void,
): Promise<DocumentRows> => {
  const persistence = new SealedPersistence(name, doc, seal)
  // Its listener is called by `write`. As long as nobody listens, Yjs does not encode all that is loaded once more.
  doc.off('update', persistence._storeUpdate)
  try {
    await persistence.whenSynced
  } catch (error) {
    await persistence.destroy()
    throw error
  }
  const db = persistence.db!
  persistence.on('refused', onRefused)
  let { lastKey } = persistence

  const begin = (content: boolean) => {
    const durability = content ? 'strict' : 'relaxed'
    const transaction = db.transaction([UPDATES, MARKS], 'readwrite', { durability })
    const done = completed(transaction)
    done.catch(() => undefined) // a request that fails tells first
    const put = (marks: SealedMarks): void => {
      for (const [key, value] of marks) transaction.objectStore(MARKS).put(value, key)
    }
    return { updates: transaction.objectStore(UPDATES), put, done, abort: () => transaction.abort() }
  }

  /** False where a row is missing, or something is in none: then nothing was written. */
  const readBack = async ({ expected, covered }: Save, marks: SealedMarks): Promise<boolean> => {
    const rows = expected.map(update => persistence.rowOf(update))
    if (!rows.every(row => row !== undefined)) return false
    const { updates, put, done, abort } = begin(true)
    const newer = IDBKeyRange.lowerBound(lastKey, true)
    const [keys, found] = await Promise.all([
      requested(updates.getAllKeys(newer)),
      requested(updates.getAll(newer)),
    ])
    if (!containsInOrder(found, rows) || !covered()) {
      abort()
      return false
    }
    put(marks)
    await done
    lastKey = (keys.at(-1) as number | undefined) ?? lastKey
    return true
  }

  const writeState = async (state: Bytes, marks: SealedMarks): Promise<void> => {
    const { updates, put, done } = begin(true)
    const key = requested(updates.add(state))
    put(marks)
    await Promise.all([key, done])
    lastKey = (await key) as number
  }

  const writeMarks = async (marks: SealedMarks): Promise<void> => {
    const { put, done } = begin(false)
    put(marks)
    await done
  }

  return {
    origin: persistence,
    marks: persistence.marks,
    isNew: persistence.isNew,
    write: persistence._storeUpdate,
    markWithNext: (key, value) => persistence.markWithNext(key, value),
    mended: () => persistence.mended(),
    written: async () => false, // rows are sealed before they are written, and take turns
    save: what =>
      persistence.inTurn(async () => {
        const marks = await persistence.sealMarks(what.marks)
        if (!what.content) await writeMarks(marks)
        else if (!(await readBack(what, marks))) await writeState(await persistence.sealState(), marks)
      }),
    close: () => persistence.destroy(),
  }
}
