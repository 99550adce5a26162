import { IDBDatabase, IDBFactory, IDBObjectStore, IDBTransaction } from 'fake-indexeddb'
import type { Host, Machine, Process } from './machine.ts'
import { createOpenLines, type OpenLines } from './open-lines.ts'

/** A device's IndexedDB, which outlives its processes. */
export interface Disk {
  readonly databases: IDBFactory
  /** Milliseconds that each step takes at most. */
  slowness: number
  /** Whether writes fail for want of space. */
  full: boolean
  /** How many writes failed. */
  refusals: number
  /** When the step that was asked for last will be done. */
  busyUntil: number
}

/** What fake-indexeddb keeps of a transaction and of a connection; it shows these to nobody else. */
interface Inner {
  readonly _rollbackLog: (() => void)[]
  _state: string
  _started: boolean
  readonly db: { readonly _rawDatabase: InnerDatabase }
  readonly mode: string
  readonly objectStoreNames: Iterable<string>
  _start(): void
  _markFinished(): void
  _execRequestAsync(request: { operation: () => unknown }): unknown
}
interface InnerConnection {
  _closed: boolean
  _closePending: boolean
}
interface InnerDatabase {
  transactions: Inner[]
  connections: InnerConnection[]
  readonly rawObjectStores: Map<string, unknown>
  version: number
  processTransactions(): void
}
interface InnerFactory {
  readonly _databases: Map<string, InnerDatabase>
  _connectionQueues: OpenLines
}

export const createDisk = (): Disk => ({
  databases: new IDBFactory(),
  slowness: 0,
  full: false,
  refusals: 0,
  busyUntil: 0,
})

export interface Disks {
  /** The disk of a host, if it has one. */
  of(host: Host): Disk | undefined
  put(host: Host, disk: Disk): void
  /** The transactions that a process has not finished: their object stores and mode. */
  underWay(process: Process): string[]
  /** What a dead process had begun and not finished never happened; its connections are closed. */
  release(process: Process): void
}

const OWNER = Symbol('owner')
interface Owned {
  [OWNER]?: Process
}

/** Whose transactions and connections there are, so that a death can end them as a browser does. */
export const createDisks = (machine: () => Machine): Disks => {
  const disks = new WeakMap<Host, Disk>()
  // A property is read and collected much faster than an entry of a WeakMap.
  const ownerOf = (thing: object): Process | undefined => (thing as Owned)[OWNER]
  const own = (thing: object, owner: Process): void => {
    ;(thing as Owned)[OWNER] = owner
  }

  const transactions = IDBTransaction.prototype as unknown as Inner
  const start = transactions._start
  transactions._start = function run(this: Inner): void {
    const owner = ownerOf(this)
    if (owner && !owner.alive) return
    if (owner) machine().become(owner)
    start.call(this)
  }
  const finish = transactions._markFinished
  transactions._markFinished = function end(this: Inner): void {
    if (this.mode === 'versionchange') {
      finish.call(this)
      return
    }
    // Otherwise nobody looks whether it is still in the list, and a step of its own for that would be wasted.
    this._state = 'finished'
    const database = this.db._rawDatabase
    database.transactions = database.transactions.filter(one => one !== this)
  }
  const request = transactions._execRequestAsync
  let writing = false
  transactions._execRequestAsync = function ask(this: Inner, asked): unknown {
    const disk = disks.get(machine().current().host)
    if (!writing || !disk?.full) return request.call(this, asked)
    const operation = (): never => {
      disk.refusals += 1
      throw new DOMException('The simulated disk is full.', 'QuotaExceededError')
    }
    return request.call(this, { ...asked, operation })
  }
  for (const name of ['add', 'put'] as const) {
    const write = IDBObjectStore.prototype[name]
    IDBObjectStore.prototype[name] = function put(this: IDBObjectStore, ...args: [unknown, IDBValidKey?]) {
      writing = true
      try {
        return write.apply(this, args)
      } finally {
        writing = false
      }
    }
  }
  const begin = IDBDatabase.prototype.transaction
  IDBDatabase.prototype.transaction = function transaction(this: IDBDatabase, ...args) {
    const made = begin.apply(this, args)
    own(made, machine().current())
    return made
  }

  const frugal = new WeakSet<InnerDatabase>()
  /** Looks for a transaction to start only where one waits. */
  const lookOnlyForThoseThatWait = (database: InnerDatabase): void => {
    if (frugal.has(database)) return
    frugal.add(database)
    const look = database.processTransactions
    database.processTransactions = () => {
      if (database.transactions.some(one => !one._started && one._state !== 'finished')) look()
    }
  }

  /** A connection is somebody's from its first moment, long before it is open. */
  const linesOf = (databases: InnerFactory): OpenLines =>
    createOpenLines(machine, (process, name, task) => {
      const done = task()
      const database = databases._databases.get(name)
      if (database) lookOnlyForThoseThatWait(database)
      for (const connection of database?.connections ?? []) if (!ownerOf(connection)) own(connection, process)
      return done
    })

  const undo = (transaction: Inner): void => {
    for (const step of transaction._rollbackLog.reverse()) step()
    transaction._state = 'finished'
  }

  return {
    of: host => disks.get(host),
    put: (host, disk) => {
      const databases = disk.databases as unknown as InnerFactory
      databases._connectionQueues = linesOf(databases)
      disks.set(host, disk)
    },
    underWay: process => {
      const { _databases } = disks.get(process.host)!.databases as unknown as InnerFactory
      return [..._databases.values()].flatMap(({ transactions }) =>
        transactions
          .filter(one => ownerOf(one) === process && one._state !== 'finished')
          .map(({ objectStoreNames, mode }) => `${mode} ${[...objectStoreNames].join('+')}`),
      )
    },
    release: process => {
      const { _databases, _connectionQueues } = disks.get(process.host)!.databases as unknown as InnerFactory
      for (const [name, database] of _databases) {
        const isHis = (thing: object): boolean => ownerOf(thing) === process
        const cut = database.transactions.filter(one => isHis(one) && one._state !== 'finished')
        for (const transaction of cut.reverse()) undo(transaction)
        database.transactions = database.transactions.filter(one => !cut.includes(one))
        for (const connection of database.connections) {
          if (!isHis(connection)) continue
          connection._closed = true
          connection._closePending = true
        }
        database.connections = database.connections.filter(connection => !connection._closed)
        const isUnused = database.transactions.length === 0 && database.connections.length === 0
        if (database.version === 0 && isUnused) _databases.delete(name)
        else if (database.transactions.length > 0) database.processTransactions()
      }
      _connectionQueues.release(process)
    },
  }
}
