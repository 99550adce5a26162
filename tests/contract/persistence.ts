import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'

/** What this app uses of y-indexeddb's interface. */
export interface Persistence {
  readonly name: string
  readonly doc: Y.Doc
  readonly db: IDBDatabase | null
  readonly synced: boolean
  readonly whenSynced: Promise<unknown>
  readonly _db: Promise<IDBDatabase>
  _storeUpdate(update: Uint8Array, origin: unknown): void
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<unknown>
  del(key: string): Promise<unknown>
  on(event: 'synced', listener: (persistence: unknown) => void): void
  destroy(): Promise<void>
  clearData(): Promise<void>
}

type Make = (name: string, doc: Y.Doc) => Persistence

let names = 0
const freshName = (): string => `persistence contract ${++names}`
const textOf = (doc: Y.Doc): string => doc.getText('text').toJSON()
const type = (doc: Y.Doc, words: string): void =>
  doc.getText('text').insert(doc.getText('text').length, words)

const rowsOf = (db: IDBDatabase): Promise<number> =>
  new Promise((resolve, reject) => {
    const counting = db.transaction('updates').objectStore('updates').count()
    counting.onsuccess = () => resolve(counting.result)
    counting.onerror = () => reject(counting.error)
  })

/** Whatever keeps a Y.Doc in IndexedDB for this app. */
export const persistenceContract = (make: Make): void => {
  const open = async (name: string, doc = new Y.Doc()) => {
    const persistence = make(name, doc)
    await persistence.whenSynced
    return { persistence, doc }
  }

  test('what was written is there for the next life, in its order', async () => {
    const name = freshName()
    const { persistence, doc } = await open(name)
    for (const word of ['one ', 'two ', 'three']) type(doc, word)
    doc.getText('text').delete(0, 4)
    await persistence.destroy()
    const again = await open(name)
    expect(textOf(again.doc)).toBe('two three')
    expect(again.doc.store.pendingStructs).toBeNull()
    await again.persistence.destroy()
  })

  test('it says once that it is synced, and has its database by then', async () => {
    const persistence = make(freshName(), new Y.Doc())
    expect(persistence.synced).toBe(false)
    const told: unknown[] = []
    persistence.on('synced', one => told.push(one))
    await persistence.whenSynced
    expect([told, persistence.synced]).toEqual([[persistence], true])
    expect(persistence.db).toBe(await persistence._db)
    await persistence.destroy()
  })

  test('what a document holds already, and what is typed while it loads, is stored', async () => {
    const name = freshName()
    const doc = new Y.Doc()
    type(doc, 'before ')
    const persistence = make(name, doc)
    type(doc, 'while')
    await persistence.whenSynced
    await persistence.destroy()
    const again = await open(name)
    expect(textOf(again.doc)).toBe('before while')
    await again.persistence.destroy()
  })

  test('two lives that did not know of each other come together', async () => {
    const name = freshName()
    const [first, second] = [await open(name), await open(name)]
    type(first.doc, 'a')
    type(second.doc, 'b')
    await first.persistence.destroy()
    await second.persistence.destroy()
    const again = await open(name)
    expect([...textOf(again.doc)].sort()).toEqual(['a', 'b'])
    await again.persistence.destroy()
  })

  test('values are set, read, replaced and deleted', async () => {
    const name = freshName()
    const { persistence } = await open(name)
    const value = { at: 7, bytes: Uint8Array.of(1, 2), counts: new Map([['a', 1]]), none: undefined }
    await persistence.set('cursor', value)
    await persistence.set('other', 'old')
    await persistence.set('other', 'new')
    await persistence.set('gone', true)
    await persistence.del('gone')
    await persistence.destroy()
    const again = await open(name)
    expect(await again.persistence.get('cursor')).toEqual(value)
    expect(await again.persistence.get('other')).toBe('new')
    expect(await again.persistence.get('gone')).toBeUndefined()
    await again.persistence.destroy()
  })

  test('it ends with its document, and then stores nothing more', async () => {
    const name = freshName()
    const { persistence, doc } = await open(name)
    type(doc, 'kept')
    doc.destroy()
    type(doc, ' not kept')
    await persistence.destroy()
    const again = await open(name)
    expect(textOf(again.doc)).toBe('kept')
    await again.persistence.destroy()
  })

  test('cleared, there is nothing left', async () => {
    const name = freshName()
    const { persistence, doc } = await open(name)
    type(doc, 'gone')
    await persistence.clearData()
    await vi.waitFor(async () =>
      expect((await indexedDB.databases()).map(database => database.name)).not.toContain(name),
    )
  })

  test('hundreds of rows become one', async () => {
    const name = freshName()
    const { persistence, doc } = await open(name)
    for (let index = 0; index < 520; index += 1) type(doc, `${index} `)
    const all = textOf(doc)
    await vi.waitFor(async () => expect(await rowsOf(persistence.db!)).toBeLessThan(5), { timeout: 8_000 })
    type(doc, 'end')
    await persistence.destroy()
    const again = await open(name)
    expect(textOf(again.doc)).toBe(`${all}end`)
    await again.persistence.destroy()
  }, 15_000)
}
