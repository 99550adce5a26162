import type { IndexeddbPersistence } from 'y-indexeddb'

/**
 * Has y-indexeddb write each update as a row, in their order and without a hole: a row whose predecessor is missing
 * would wait for it for ever once the document is loaded again. Where one is refused, none follows until all was
 * written in another way.
 */
export interface RowWriter {
  write(update: Uint8Array, origin: unknown): void
  /** Sets a mark in the transaction of the next row. */
  markWithNext(key: string, value: unknown): void
  /** All updates so far were written. */
  mended(): void
  /** Resolves once the database has committed all updates so far, or with false where one of them was refused. */
  written(): Promise<boolean>
}

interface Deps {
  readonly persistence: IndexeddbPersistence
  readonly db: IDBDatabase
  readonly updates: string
  readonly marks: string
  readonly onRefused: (error: unknown) => void
}

const abort = (transaction: IDBTransaction): void => {
  try {
    transaction.abort()
  } catch {
    // it was refused itself, and the event that tells so is on its way
  }
}

export const createRowWriter = ({ persistence, db, updates, marks, onRefused }: Deps): RowWriter => {
  const withNext = new Map<string, unknown>()
  /** Oldest first. */
  const open: IDBTransaction[] = []
  let hole = false
  /** Whether the last row, and with it all before it, was committed. */
  let last: Promise<boolean> = Promise.resolve(true)

  const refused = (error: unknown): void => {
    hole = true
    onRefused(error)
  }

  /** What came after it must not be kept without it. A later transaction ends after this is told of. */
  const aborted = (transaction: IDBTransaction): void => {
    const index = open.indexOf(transaction)
    if (index === -1) return
    for (const later of open.splice(index).slice(1)) abort(later)
    refused(transaction.error ?? new Error('The transaction was aborted.'))
  }

  const openRow = (): IDBTransaction => {
    const stores = withNext.size > 0 ? [updates, marks] : [updates]
    const transaction = db.transaction(stores, 'readwrite')
    for (const [key, value] of withNext) transaction.objectStore(marks).put(value, key)
    open.push(transaction)
    last = new Promise(resolve => {
      transaction.addEventListener('complete', () => {
        const index = open.indexOf(transaction)
        if (index !== -1) open.splice(index, 1)
        resolve(true)
      })
      transaction.addEventListener('abort', () => {
        aborted(transaction)
        resolve(false)
      })
    })
    return transaction
  }

  return {
    write: (update, origin) => {
      if (hole) return withNext.clear()
      try {
        const transaction = openRow()
        // y-indexeddb asks for a transaction of its own: it gets this one.
        persistence.db = { transaction: () => transaction } as unknown as IDBDatabase
        persistence._storeUpdate(update, origin)
        // Or the database would wait until it has been heard here that the row was taken. One that another has to come
        // before must be left to be aborted with it.
        if (open.length === 1) transaction.commit()
      } catch (error) {
        // y-indexeddb throws out of the edit itself where the database is gone. The edit stands; the next save tells.
        refused(error)
      } finally {
        persistence.db = db
        withNext.clear()
      }
    },
    markWithNext: (key, value) => void withNext.set(key, value),
    mended: () => {
      hole = false
    },
    written: async () => !hole && (await last) && !hole,
  }
}
