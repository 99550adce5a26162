import 'fake-indexeddb/auto'
import { afterEach, expect, test, vi } from 'vitest'
import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { systemClock } from '../../../worker/platform/clock.ts'
import { type DocumentStore, openDocumentStore } from '../../../worker/storage/document-store.ts'
import { twoUpdates } from './two-updates.ts'

let names = 0
const freshName = (): string => `store test ${++names}`
const open = (name: string, onProblem: (error: Error | null) => void = () => {}): Promise<DocumentStore> =>
  openDocumentStore({ name, clock: systemClock, onProblem })

afterEach(() => vi.restoreAllMocks())

test('SYNC-1: what was read back is there for the next life, with its marks', async () => {
  const name = freshName()
  const store = await open(name)
  store.doc.getText('text').insert(0, 'hello')
  store.setMark('cursor', { position: 7 })
  await store.save()
  expect(store.storedEdits()).toBe(store.edits())
  await store.close()

  const again = await open(name)
  expect(again.doc.getText('text').toJSON()).toBe('hello')
  expect(again.mark('cursor')).toEqual({ position: 7 })
  await again.close()
})

test('whoever is told that all is stored finds that nothing is being saved any more', async () => {
  const store = await open(freshName())
  const seen: boolean[] = []
  store.onStored(() => seen.push(store.saving()))
  store.doc.getText('text').insert(0, 'hello')
  expect(store.saving()).toBe(true)
  await store.save()
  expect(seen.at(-1)).toBe(false)
  await store.close()
})

test('whoever asks while all that there is is being read back waits for that, and not for the disk once more', async () => {
  const store = await open(freshName())
  const begin = vi.spyOn(IDBDatabase.prototype, 'transaction')
  const readBacks = (): number =>
    begin.mock.calls.filter(([, , options]) => options?.durability === 'strict').length
  store.doc.getText('text').insert(0, 'hello')
  const first = store.save()
  await vi.waitFor(() => expect(readBacks()).toBe(1))
  await store.save()
  await first
  expect([readBacks(), store.saving()]).toEqual([1, false])
  await store.close()
})

test('whoever asks while something older is being read back waits for what came since', async () => {
  const store = await open(freshName())
  store.doc.getText('text').insert(0, 'hello')
  void store.save()
  await Promise.resolve()
  await Promise.resolve()
  store.doc.getText('text').insert(5, ' you')
  store.setMark('cursor', 7)
  await store.save()
  expect(store.storedEdits()).toBe(2)
  await store.close()
})

test('SYNC-1: what was written is there for a next life, though it was not read back', async () => {
  const name = freshName()
  const store = await open(name)
  store.doc.getText('text').insert(0, 'hello')
  await store.written()
  const next = await open(name)
  expect([store.saving(), next.doc.getText('text').toJSON()]).toEqual([true, 'hello'])
  await store.close()
  await next.close()
})

test('SYNC-1: what the database refused counts as written once a later attempt was taken', async () => {
  const name = freshName()
  const problems: (Error | null)[] = []
  const store = await open(name, problem => problems.push(problem))
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementationOnce(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  store.doc.getText('text').insert(0, 'refused')
  await store.written()
  await store.close()
  const next = await open(name)
  expect([problems.length > 0, next.doc.getText('text').toJSON()]).toEqual([true, 'refused'])
  await next.close()
})

test('SYNC-1: what waits for other content is in no row, and counts as written once it was read back', async () => {
  const name = freshName()
  const [first, second] = twoUpdates()
  const store = await open(name)
  Y.applyUpdate(store.doc, second)
  await store.written()
  const next = await open(name)
  Y.applyUpdate(next.doc, first)
  expect([store.saving(), next.doc.getText('text').toJSON()]).toEqual([false, 'first second'])
  await store.close()
  await next.close()
})

test('a row that y-indexeddb lost without a word is noticed and written again', async () => {
  const name = freshName()
  const store = await open(name)
  const add = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementationOnce(function (
    this: IDBObjectStore,
  ) {
    return this.count() as IDBRequest<IDBValidKey> // succeeds and stores nothing, as an aborted write would
  })
  store.doc.getText('text').insert(0, 'nearly lost')
  expect(add).toHaveBeenCalledOnce()
  await store.save()
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
  expect(store.doc.store.pendingStructs).not.toBeNull()
  await store.save()
  await store.close()

  const again = await open(name)
  Y.applyUpdate(again.doc, first)
  expect(again.doc.getText('text').toJSON()).toBe('first second')
  await again.close()
})

test('a refused write is kept, told, tried again, and never reported as stored before it is', async () => {
  const problems: (string | null)[] = []
  const store = await open(freshName(), error => problems.push(error === null ? null : error.name))
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
  refuse.mockRestore()
  await saved
  expect(problems.at(-1)).toBeNull()
  await store.close()
})

test('marks are never stored without the content that they speak of', async () => {
  const name = freshName()
  const problems: (string | null)[] = []
  const store = await open(name, error => problems.push(error?.message ?? null))
  store.doc.getText('text').insert(0, 'content')
  store.setMark('cursor', 1)
  vi.spyOn(IDBObjectStore.prototype, 'getAllKeys').mockImplementationOnce(() => {
    throw new Error('the disk is gone')
  })
  await store.save()
  expect(problems).toEqual(['the disk is gone', null])
  await store.close()
  const again = await open(name)
  expect([again.doc.getText('text').toJSON(), again.mark('cursor')]).toEqual(['content', 1])
  await again.close()
})

test('a row is never kept without the one before it, which was refused', async () => {
  const name = freshName()
  const store = await open(name)
  const text = store.doc.getText('text')
  text.insert(0, 'stored ')
  const refused = function (this: IDBObjectStore) {
    const counting = this.count()
    counting.onsuccess = () => this.transaction.abort() // heard of later, as a refusal is
    return {} as IDBRequest<IDBValidKey>
  }
  const { add } = IDBObjectStore.prototype
  const accepted = function (this: IDBObjectStore, row: unknown) {
    add.call(this, row)
    return {} as IDBRequest<IDBValidKey> // y-indexeddb does not look at what becomes of it
  }
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementationOnce(refused).mockImplementationOnce(accepted)
  text.insert(7, 'refused ')
  text.insert(15, 'behind it')
  await store.close()

  const again = await open(name)
  expect([again.doc.getText('text').toJSON(), again.doc.store.pendingStructs]).toEqual(['stored ', null])
  await again.close()
})

test('several rows that are refused in a row are told, and written by the next save', async () => {
  const name = freshName()
  const problems: (string | null)[] = []
  const store = await open(name, error => problems.push(error === null ? null : error.name))
  const refused = function (this: IDBObjectStore) {
    this.transaction.abort()
    return {} as IDBRequest<IDBValidKey>
  }
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementationOnce(refused).mockImplementationOnce(refused)
  store.doc.getText('text').insert(0, 'two ')
  store.doc.getText('text').insert(4, 'words')
  await store.save()
  await store.close()
  const again = await open(name)
  expect(again.doc.getText('text').toJSON()).toBe('two words')
  await again.close()
})

test('after a refused row, none is written until a save has written all', async () => {
  const name = freshName()
  const store = await open(name)
  const text = store.doc.getText('text')
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  text.insert(0, 'refused ')
  const add = vi.spyOn(IDBObjectStore.prototype, 'add')
  text.insert(8, 'kept ')
  expect(add).not.toHaveBeenCalled()
  await store.save()
  text.insert(13, 'in a row of its own')
  await store.close()
  const again = await open(name)
  expect(again.doc.getText('text').toJSON()).toBe('refused kept in a row of its own')
  await again.close()
})

test('a mark for the next update is written with it, before any save, or not at all', async () => {
  const name = freshName()
  const store = await open(name)
  const text = store.doc.getText('text')
  store.markWithNext('edits', 1)
  text.insert(0, 'a')
  store.markWithNext('edits', 2)
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementationOnce(function (this: IDBObjectStore) {
    this.transaction.abort()
    return this.count() as IDBRequest<IDBValidKey>
  })
  text.insert(1, 'b')
  await store.close()

  const again = await open(name)
  expect([again.doc.getText('text').toJSON(), again.mark('edits')]).toEqual(['a', 1])
  await again.close()
})

test('a mark whose update was refused is written with what the save writes in its place', async () => {
  const name = freshName()
  const store = await open(name)
  store.markWithNext('edits', 1)
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  store.doc.getText('text').insert(0, 'a')
  await store.save()
  await store.close()
  const again = await open(name)
  expect([again.doc.getText('text').toJSON(), again.mark('edits')]).toEqual(['a', 1])
  await again.close()
})

test('the stock provider opens the same database', async () => {
  const name = freshName()
  const store = await open(name)
  for (let key = 0; key < 600; key += 1) store.doc.getText('text').insert(key, 'x') // past the provider's trimming
  await store.save()
  await store.close()
  const doc = new Y.Doc()
  const provider = new IndexeddbPersistence(name, doc)
  await provider.whenSynced
  expect(doc.getText('text').length).toBe(600)
  await provider.destroy()
})
