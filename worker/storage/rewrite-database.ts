import { openDB } from 'idb'
import { completed, openExisting, requested } from './transactions.ts'

/** All that a database holds, by object store. */
export interface DatabaseContent {
  readonly version: number
  readonly stores: readonly StoreContent[]
}

interface StoreContent {
  readonly name: string
  readonly autoIncrement: boolean
  readonly keys: readonly IDBValidKey[]
  readonly values: readonly unknown[]
}

/** Holds what is to be written into a database that is being made anew, by its name. */
export const COPIES_DATABASE = 'holdfast-copies'
const COPIES = 'copies'
const STRICT = { durability: 'strict' } as const

const openCopies = () =>
  openDB(COPIES_DATABASE, 1, { upgrade: database => void database.createObjectStore(COPIES) })

export const readContent = async (db: IDBDatabase): Promise<DatabaseContent> => {
  const names = [...db.objectStoreNames]
  const transaction = db.transaction(names, 'readonly')
  const stores = await Promise.all(
    names.map(async name => {
      const store = transaction.objectStore(name)
      const [keys, values] = await Promise.all([requested(store.getAllKeys()), requested(store.getAll())])
      return { name, autoIncrement: store.autoIncrement, keys, values }
    }),
  )
  return { version: db.version, stores }
}

/** In the very transaction that makes it: it is there whole, or not at all. */
const make = async (name: string, { version, stores }: DatabaseContent): Promise<void> => {
  const opening = indexedDB.open(name, version)
  let refusal: unknown
  opening.onupgradeneeded = () => {
    try {
      for (const { name: storeName, autoIncrement, keys, values } of stores) {
        const store = opening.result.createObjectStore(storeName, { autoIncrement })
        for (const [index, value] of values.entries()) store.put(value, keys[index])
      }
    } catch (error) {
      refusal = error
      opening.transaction?.abort()
    }
  }
  const db = await requested(opening).catch(error => {
    throw refusal ?? error
  })
  try {
    // On the disk before the copy goes: nothing else says so of the transaction that made it.
    const [first] = stores
    const written = db.transaction(first!.name, 'readwrite', STRICT)
    const done = completed(written)
    written.objectStore(first!.name).count()
    await done
  } finally {
    db.close()
  }
}

/**
 * Makes a database anew with this content, and takes the one of before off the disk: what a browser overwrites in place
 * may stay in its files for weeks, while Chromium clears them of a database that is deleted. Nobody may have it open.
 * Cut short, or refused halfway, it is finished by `finishRewriting`.
 */
export const rewriteDatabase = async (name: string, content: DatabaseContent): Promise<void> => {
  const copies = await openCopies()
  try {
    await copies.put(COPIES, content, name)
    const kept = copies.transaction(COPIES, 'readwrite', STRICT)
    await Promise.all([kept.store.count(), kept.done])
    await requested(indexedDB.deleteDatabase(name))
    await make(name, content)
    await copies.delete(COPIES, name)
  } finally {
    copies.close()
  }
}

const exists = async (name: string): Promise<boolean> => {
  const db = await openExisting(name)
  db?.close()
  return db !== null
}

/** Whether a database that is not there, or empty, can be made again. */
export const hasCopy = async (name: string): Promise<boolean> => {
  if (!(await exists(COPIES_DATABASE))) return false
  const copies = await openCopies()
  try {
    return (await copies.getKey(COPIES, name)) !== undefined
  } finally {
    copies.close()
  }
}

/** Databases that were deleted and not made again. */
export const unfinishedRewrites = async (): Promise<readonly string[]> => {
  if (!(await exists(COPIES_DATABASE))) return []
  const copies = await openCopies()
  try {
    const names: string[] = []
    for (const name of await copies.getAllKeys(COPIES))
      if (!(await exists(String(name)))) names.push(String(name))
    return names
  } finally {
    copies.close()
  }
}

/** Makes one again that was deleted, where its copy is there. A copy whose database was not deleted yet is dropped. */
export const finishRewriting = async (name: string): Promise<void> => {
  if (!(await exists(COPIES_DATABASE))) return
  const copies = await openCopies()
  try {
    const content: DatabaseContent | undefined = await copies.get(COPIES, name)
    if (content === undefined) return
    if (!(await exists(name))) await make(name, content)
    await copies.delete(COPIES, name)
  } finally {
    copies.close()
  }
}

/** Once none is unfinished. */
export const forgetCopies = async (): Promise<void> => {
  await requested(indexedDB.deleteDatabase(COPIES_DATABASE))
}
