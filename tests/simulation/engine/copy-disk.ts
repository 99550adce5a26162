import type { Disk } from './disk.ts'

type Fields = Record<string, unknown>

/** Copies objects with what they are made of, each once; keys and functions are taken as they are. */
const copyAll = (value: unknown, copies: Map<unknown, unknown>): unknown => {
  if (typeof value !== 'object' || value === null || value instanceof CryptoKey) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  const remember = <T>(copy: T): T => {
    copies.set(value, copy)
    return copy
  }
  if (value instanceof Uint8Array) return remember(value.slice())
  if (value instanceof ArrayBuffer) return remember(value.slice(0))
  if (value instanceof Map) {
    const copy = remember(new Map())
    for (const [key, item] of value) copy.set(copyAll(key, copies), copyAll(item, copies))
    return copy
  }
  if (value instanceof Set) {
    const copy = remember(new Set())
    for (const item of value) copy.add(copyAll(item, copies))
    return copy
  }
  const copy = remember(Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value)))
  for (const [name, part] of Object.entries(value)) (copy as Fields)[name] = copyAll(part, copies)
  return copy
}

interface Database {
  readonly name: string
  readonly version: number
  readonly rawObjectStores: Map<string, unknown>
  transactions: unknown[]
  connections: unknown[]
  processTransactions(): void
}

const copyDatabase = (database: Database): Database => {
  const prototype = Object.getPrototypeOf(database) as Database
  const copy = Object.create(prototype) as Database
  const copies = new Map<unknown, unknown>([[database, copy]])
  const rawObjectStores = copyAll(database.rawObjectStores, copies)
  const { name, version } = database
  // fake-indexeddb binds it for each database.
  const processTransactions = prototype.processTransactions.bind(copy)
  return Object.assign(copy, {
    name,
    version,
    rawObjectStores,
    transactions: [],
    connections: [],
    processTransactions,
  })
}

/** Copies all databases of a disk that nobody has open onto an empty one. */
export const copyDisk = (from: Disk, empty: Disk): Disk => {
  const databasesOf = ({ databases }: Disk): Map<string, Database> =>
    (databases as unknown as { _databases: Map<string, Database> })._databases
  for (const [name, database] of databasesOf(from)) databasesOf(empty).set(name, copyDatabase(database))
  return empty
}
