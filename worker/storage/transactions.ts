import { equalBytes } from '../../protocol/bytes.ts'

export const requested = <T>(idb: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    idb.onsuccess = () => resolve(idb.result)
    idb.onerror = () => reject(idb.error ?? new Error('The database gave no reason.'))
  })

export const completed = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('The transaction was aborted.'))
  })

/** Opens a database as it is; null where there is none. */
export const openExisting = (name: string): Promise<IDBDatabase | null> => {
  const opening = indexedDB.open(name)
  let isMissing = false
  // A database that this made would have no stores, and y-indexeddb would never make them.
  opening.onupgradeneeded = () => {
    isMissing = true
    opening.transaction?.abort()
  }
  return requested(opening).catch(error => {
    if (isMissing) return null
    throw error
  })
}

/** Whether all of `expected` occur among `rows`, in order. */
export const containsInOrder = (rows: readonly Uint8Array[], expected: readonly Uint8Array[]): boolean => {
  let found = 0
  for (const row of rows) {
    if (found < expected.length && equalBytes(row, expected[found]!)) found += 1
  }
  return found === expected.length
}
