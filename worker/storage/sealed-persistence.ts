import { Observable } from 'lib0/observable'
import * as Y from 'yjs'
import type { Bytes } from '../../protocol/bytes.ts'
import type { DatabaseSeal } from './database-seal.ts'
import { FORM, MARKS, openDatabase, SEALED, UPDATES } from './document-databases.ts'
import { completed, requested } from './transactions.ts'

/** As in y-indexeddb: so many rows become one. */
const TRIM_SIZE = 500
const TRIM_PAUSE_MS = 1_000

interface Group {
  readonly updates: Uint8Array[]
  readonly marks: Map<string, unknown>
}

/**
 * A Yjs persistence provider with y-indexeddb's interface and database, which seals each row and value.
 *
 * Web Crypto is asynchronous and an IndexedDB transaction does not wait, so whatever is written is sealed first, in
 * turns: one is through before the next begins. So rows are on the disk in their order and without a hole. Where one
 * is refused, `refused` is emitted, and none follows until `mended` is called.
 */
export class SealedPersistence extends Observable<string> {
  readonly doc: Y.Doc
  readonly name: string
  readonly whenSynced: Promise<this>
  readonly _db: Promise<IDBDatabase>
  readonly _storeUpdate: (update: Uint8Array, origin: unknown) => void
  db: IDBDatabase | null = null
  synced = false
  /** As they were when it was opened. */
  readonly marks = new Map<string, unknown>()
  /** Its database was not there before. */
  isNew = false
  /** Of the rows that are known to be in the document. */
  lastKey = 0
  readonly #seal: DatabaseSeal
  readonly #sealed = new WeakMap<Uint8Array, Bytes>()
  #turn: Promise<unknown> = Promise.resolve()
  #group: Group | null = null
  #marksOfNext = new Map<string, unknown>()
  #hole = false
  #size = 0
  #trimming: ReturnType<typeof setTimeout> | null = null
  #destroyed = false

  constructor(name: string, doc: Y.Doc, seal: DatabaseSeal) {
    super()
    this.name = name
    this.doc = doc
    this.#seal = seal
    this._db = openDatabase(name)
    this.whenSynced = this.#load()
    this.whenSynced.catch(() => undefined) // whoever waits for it hears of it
    this._storeUpdate = (update, origin) => {
      if (this.db && origin !== this) this.#write(update)
    }
    doc.on('update', this._storeUpdate)
    this.destroy = this.destroy.bind(this)
    doc.on('destroy', this.destroy)
  }

  async #load(): Promise<this> {
    const db = await this._db
    const reading = db.transaction([UPDATES, MARKS], 'readwrite')
    const [updates, custom] = [reading.objectStore(UPDATES), reading.objectStore(MARKS)]
    const [keys, rows, names, values] = await Promise.all([
      requested(updates.getAllKeys()),
      requested(updates.getAll()),
      requested(custom.getAllKeys()),
      requested(custom.getAll()),
    ])
    this.isNew = rows.length === 0 && names.length === 0
    if (this.isNew) custom.put(SEALED, FORM)
    await completed(reading)
    const marks = names.flatMap((key, index) => (key === FORM ? [] : [[String(key), values[index]] as const]))
    const opened = await Promise.all(rows.map(row => this.#seal.openRow(row)))
    for (const [key, value] of marks) this.marks.set(key, await this.#seal.openValue(key, value))
    this.lastKey = (keys.at(-1) as number | undefined) ?? 0
    this.#size = rows.length
    if (this.#destroyed) return this
    // What the document held before is stored, too.
    const before = this.doc.store.clients.size > 0 ? Y.encodeStateAsUpdate(this.doc) : null
    this.doc.transact(() => {
      for (const update of opened) Y.applyUpdate(this.doc, update)
    }, this)
    this.db = db
    if (before) this.#write(before)
    this.synced = true
    this.emit('synced', [this])
    return this
  }

  #write(update: Uint8Array): void {
    if (this.#hole) {
      this.#marksOfNext.clear()
      return
    }
    if (this.#group === null) {
      const group: Group = { updates: [], marks: new Map() }
      this.inTurn(() => this.#writeGroup(group)).catch(error => {
        this.#hole = true
        this.emit('refused', [error])
      })
      this.#group = group
    }
    this.#group.updates.push(update)
    for (const [key, value] of this.#marksOfNext) this.#group.marks.set(key, value)
    this.#marksOfNext.clear()
  }

  async #writeGroup(group: Group): Promise<void> {
    if (this.#group === group) this.#group = null // what comes from here on is the next one's
    if (this.#hole) return
    const [rows, marks] = await Promise.all([
      Promise.all(group.updates.map(update => this.#seal.sealRow(update))),
      this.sealMarks(group.marks),
    ])
    for (const [index, update] of group.updates.entries()) this.#sealed.set(update, rows[index]!)
    const transaction = (await this._db).transaction([UPDATES, MARKS], 'readwrite')
    const done = completed(transaction)
    for (const row of rows) transaction.objectStore(UPDATES).add(row)
    for (const [key, value] of marks) transaction.objectStore(MARKS).put(value, key)
    await done
    this.#size += rows.length
    if (this.#size >= TRIM_SIZE) this.#trimSoon()
  }

  #trimSoon(): void {
    if (this.#trimming !== null) clearTimeout(this.#trimming)
    this.#trimming = setTimeout(() => {
      this.#trimming = null
      // A trim that fails leaves everything as it was; the next rows ask for another.
      this.inTurn(() => this.#trim()).catch(() => undefined)
    }, TRIM_PAUSE_MS)
  }

  async #trim(): Promise<void> {
    if (this.#hole || this.#destroyed) return
    const db = await this._db
    // All rows up to here are this document's own. A row whose predecessor waits is not lost: pending structs are encoded.
    const keys = await requested(db.transaction(UPDATES).objectStore(UPDATES).getAllKeys())
    const state = await this.#seal.sealRow(Y.encodeStateAsUpdate(this.doc))
    const transaction = db.transaction(UPDATES, 'readwrite', { durability: 'strict' })
    const updates = transaction.objectStore(UPDATES)
    updates.add(state)
    updates.delete(IDBKeyRange.upperBound(keys.at(-1) ?? 0))
    await completed(transaction)
    this.#size = 1
  }

  /** Runs a task behind all that was to be written before, and before whatever comes later. */
  inTurn<T>(task: () => Promise<T>): Promise<T> {
    this.#group = null
    const turn = this.#turn.then(task)
    this.#turn = turn.catch(() => undefined) // whoever asked hears of it; the next one is another matter
    return turn
  }

  /** What was written for an update; undefined where that was not (yet) done. */
  rowOf(update: Uint8Array): Bytes | undefined {
    return this.#sealed.get(update)
  }

  sealState(): Promise<Bytes> {
    return this.#seal.sealRow(Y.encodeStateAsUpdate(this.doc))
  }

  sealMarks(marks: ReadonlyMap<string, unknown>): Promise<readonly (readonly [string, Bytes])[]> {
    const sealed = [...marks].map(
      async ([key, value]) => [key, await this.#seal.sealValue(key, value)] as const,
    )
    return Promise.all(sealed)
  }

  /** Sets a value in the transaction of the next row. */
  markWithNext(key: string, value: unknown): void {
    this.#marksOfNext.set(key, value)
  }

  /** All updates so far were written in another way. */
  mended(): void {
    this.#hole = false
  }

  get(key: string): Promise<unknown> {
    return this.inTurn(async () => {
      const custom = (await this._db).transaction(MARKS).objectStore(MARKS)
      const sealed: unknown = await requested(custom.get(key))
      return sealed === undefined ? undefined : this.#seal.openValue(key, sealed as Uint8Array)
    })
  }

  set(key: string, value: unknown): Promise<string> {
    return this.inTurn(async () => {
      const sealed = await this.#seal.sealValue(key, value)
      const transaction = (await this._db).transaction(MARKS, 'readwrite')
      transaction.objectStore(MARKS).put(sealed, key)
      await completed(transaction)
      return key
    })
  }

  del(key: string): Promise<undefined> {
    return this.inTurn(async () => {
      const transaction = (await this._db).transaction(MARKS, 'readwrite')
      transaction.objectStore(MARKS).delete(key)
      await completed(transaction)
      return undefined
    })
  }

  /** Resolves when everything that was written is done with, and the database closed. */
  override async destroy(): Promise<void> {
    if (this.#trimming !== null) clearTimeout(this.#trimming)
    this.doc.off('update', this._storeUpdate)
    this.doc.off('destroy', this.destroy)
    this.#destroyed = true
    await this.whenSynced.catch(() => undefined)
    await this.#turn
    await this._db.then(
      db => db.close(),
      () => undefined, // it could not be opened
    )
  }

  /** Takes the database away, too. */
  async clearData(): Promise<void> {
    await this.destroy()
    await requested(indexedDB.deleteDatabase(this.name))
  }
}
