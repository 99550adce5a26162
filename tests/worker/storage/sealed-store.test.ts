import 'fake-indexeddb/auto'
import { afterEach, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { systemClock } from '../../../worker/platform/clock.ts'
import { createDatabaseSeal, type SealOf } from '../../../worker/storage/database-seal.ts'
import { createDisk } from '../../../worker/storage/disk.ts'
import { openDocumentStore } from '../../../worker/storage/document-store.ts'
import { readDatabases } from '../../support/read-databases.ts'
import { twoUpdates } from './two-updates.ts'

const newKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
const key = await newKey()
const sealOf: SealOf = async name => createDatabaseSeal(name, key)
const disk = createDisk('sealed', true, sealOf)

let names = 0
const freshName = (): string => `sealed store ${++names}`
const open = (name: string, onProblem: (error: Error | null) => void = () => {}) =>
  openDocumentStore({ name, disk, clock: systemClock, onProblem })

/** The rows and values of a database as they lie there. */
const raw = async (name: string) => {
  const db = await new Promise<IDBDatabase>(resolve => {
    const opening = indexedDB.open(name)
    opening.onsuccess = () => resolve(opening.result)
  })
  const all = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise(resolve => {
      request.onsuccess = () => resolve(request.result)
    })
  const transaction = db.transaction(['updates', 'custom'], 'readwrite')
  return { db, updates: transaction.objectStore('updates'), custom: transaction.objectStore('custom'), all }
}

afterEach(() => vi.restoreAllMocks())

test('SYNC-1: what was read back is there for the next life, with its marks, and nothing of it can be read', async () => {
  const name = freshName()
  const store = await open(name)
  expect(store.isNew).toBe(true)
  store.doc.getText('text').insert(0, 'a secret word')
  store.setMark('cursor', { position: 7, title: 'a secret title', counts: new Map([['editor', 2]]) })
  await store.save()
  expect(store.storedEdits()).toBe(store.edits())
  await store.close()
  expect(await readDatabases()).not.toMatch(/secret|title|editor/)

  const again = await open(name)
  expect(again.isNew).toBe(false)
  expect(again.doc.getText('text').toJSON()).toBe('a secret word')
  expect(again.mark('cursor')).toEqual({
    position: 7,
    title: 'a secret title',
    counts: new Map([['editor', 2]]),
  })
  await again.close()
})

test('a document that is made with its first content is sealed from the start', async () => {
  const name = freshName()
  const doc = new Y.Doc()
  doc.getText('text').insert(0, 'imported words')
  await disk.create(name, Y.encodeStateAsUpdate(doc))
  await disk.create(name, Y.encodeStateAsUpdate(doc)) // and once more into the one that is there
  expect(await readDatabases()).not.toContain('imported')
  const store = await open(name)
  expect(store.isNew).toBe(false)
  expect(store.doc.getText('text').toJSON()).toBe('imported words')
  await store.close()
})

test('a row that was lost without a word is noticed and written again', async () => {
  const name = freshName()
  const store = await open(name)
  const add = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementationOnce(function (
    this: IDBObjectStore,
  ) {
    return this.count() as IDBRequest<IDBValidKey>
  })
  store.doc.getText('text').insert(0, 'nearly lost')
  await store.save()
  expect(add).toHaveBeenCalledTimes(2)
  await store.close()
  const again = await open(name)
  expect(again.doc.getText('text').toJSON()).toBe('nearly lost')
  await again.close()
})

test('structs that wait for others survive a reload', async () => {
  const name = freshName()
  const [first, second] = twoUpdates()
  const store = await open(name)
  Y.applyUpdate(store.doc, second)
  await store.save()
  await store.close()
  const again = await open(name)
  Y.applyUpdate(again.doc, first)
  expect(again.doc.getText('text').toJSON()).toBe('first second')
  await again.close()
})

test('a refused write is kept, told, tried again, and never reported as stored before it is', async () => {
  const problems: (string | null)[] = []
  const name = freshName()
  const store = await open(name, error => problems.push(error === null ? null : error.name))
  const refuse = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  let stored = false
  store.doc.getText('text').insert(0, 'precious')
  const saved = store.save().then(() => {
    stored = true
  })
  await vi.waitFor(() => expect(problems).toEqual(['QuotaExceededError', 'QuotaExceededError']))
  expect(stored).toBe(false)
  store.doc.getText('text').insert(8, ' words')
  refuse.mockRestore()
  await saved
  await store.save()
  expect(problems.at(-1)).toBeNull()
  await store.close()
  const again = await open(name)
  expect(again.doc.getText('text').toJSON()).toBe('precious words')
  await again.close()
})

test('a row is never kept without the one before it, which was refused', async () => {
  const name = freshName()
  const store = await open(name)
  const text = store.doc.getText('text')
  text.insert(0, 'stored ')
  await store.save()
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementationOnce(function (this: IDBObjectStore) {
    this.transaction.abort()
    return {} as IDBRequest<IDBValidKey>
  })
  text.insert(7, 'refused ')
  await vi.waitFor(() => expect(IDBObjectStore.prototype.add).toHaveBeenCalled())
  text.insert(15, 'behind it')
  await store.close()
  const again = await open(name)
  expect([again.doc.getText('text').toJSON(), again.doc.store.pendingStructs]).toEqual(['stored ', null])
  await again.close()
})

test('a mark that speaks of the next update is there with it, and an older one never comes after it', async () => {
  const name = freshName()
  const store = await open(name)
  const text = store.doc.getText('text')
  store.setMark('count', 1)
  text.insert(0, 'a')
  const first = store.save()
  await Promise.resolve()
  store.markWithNext('count', 2)
  text.insert(1, 'b')
  await first
  await store.close() // without another save
  const again = await open(name)
  expect([again.doc.getText('text').toJSON(), again.mark('count')]).toEqual(['ab', 2])
  await again.close()
})

test.each([
  ['changed', async (bytes: Uint8Array) => bytes.map((byte, index) => (index === 20 ? byte ^ 1 : byte))],
  ['cut off', async (bytes: Uint8Array) => bytes.slice(0, 8)],
  ["another database's", async () => createDatabaseSeal('another', key).sealRow(new Uint8Array(2))],
  [
    "another device's",
    async (_: Uint8Array, name: string) =>
      createDatabaseSeal(name, await newKey()).sealRow(new Uint8Array(2)),
  ],
])('a row that is %s is not taken for one of this document: it does not open', async (_, forge) => {
  const name = freshName()
  const store = await open(name)
  store.doc.getText('text').insert(0, 'words')
  await store.save()
  await store.close()
  const before = await raw(name)
  const [row] = await before.all(before.updates.getAll())
  const forged = await forge(row as Uint8Array, name)
  const { db, updates, all } = await raw(name)
  await all(updates.put(forged, 1))
  db.close()
  before.db.close()
  await expect(open(name)).rejects.toThrow()
})

test('a value does not open under the name of another', async () => {
  const seal = createDatabaseSeal('a', key)
  const sealed = await seal.sealValue('one', 1)
  expect(await seal.openValue('one', sealed)).toBe(1)
  await expect(seal.openValue('two', sealed)).rejects.toThrow()
  await expect(seal.openRow(sealed)).rejects.toThrow()
})
