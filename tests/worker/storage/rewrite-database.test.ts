import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, expect, test, vi } from 'vitest'
import { type DocumentId, HOME_DOCUMENT } from '../../../protocol/ids.ts'
import { generateDeviceKeys } from '../../../worker/keys/device-keys.ts'
import { openDeviceStore } from '../../../worker/storage/device-store.ts'
import { documentDatabase, documentDatabases } from '../../../worker/storage/document-databases.ts'
import {
  type DatabaseContent,
  finishRewriting,
  forgetCopies,
  readContent,
  rewriteDatabase,
} from '../../../worker/storage/rewrite-database.ts'
import { openExisting } from '../../../worker/storage/transactions.ts'

const WORKSPACE = 'A'.repeat(43)
const NAME = documentDatabase(WORKSPACE, HOME_DOCUMENT)

const holding = (...values: string[]): DatabaseContent => ({
  version: 1,
  stores: [
    { name: 'custom', autoIncrement: false, keys: ['form'], values: ['sealed'] },
    { name: 'updates', autoIncrement: true, keys: values.map((_, index) => index + 3), values },
  ],
})
const [BEFORE, AFTER] = [holding('one', 'two'), holding('eins', 'zwei')]

const read = async (name: string): Promise<DatabaseContent | null> => {
  const db = await openExisting(name)
  if (db === null) return null
  const content = await readContent(db)
  db.close()
  return content
}

/** The browser ends when this many databases were opened or deleted from here on: nothing is answered any more. */
const endAfter = (requests: number): { readonly ended: Promise<void>; restart(): void } => {
  const connections: IDBDatabase[] = []
  let left = requests
  let end = (): void => undefined
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  const { open, deleteDatabase } = IDBFactory.prototype
  const dies = (): boolean => {
    left -= 1
    if (left < 0) end()
    return left < 0
  }
  const silence = new IDBOpenDBRequest()
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, ...args) {
    if (dies()) return silence
    const opening = open.apply(this, args)
    opening.addEventListener('success', () => connections.push(opening.result))
    return opening
  })
  vi.spyOn(IDBFactory.prototype, 'deleteDatabase').mockImplementation(function (this: IDBFactory, name) {
    return dies() ? silence : deleteDatabase.call(this, name)
  })
  return {
    ended,
    restart: () => {
      vi.restoreAllMocks()
      for (const connection of connections) connection.close()
    },
  }
}

afterEach(() => vi.restoreAllMocks())

/** Ends the browser at each moment of some work; resolves with how often that was before the work was through. */
const atEachMoment = async (
  prepare: () => Promise<() => Promise<void>>,
  check: (wasDone: boolean) => Promise<void>,
): Promise<number> => {
  for (let requests = 0; ; requests++) {
    globalThis.indexedDB = new IDBFactory()
    const work = await prepare()
    const browser = endAfter(requests)
    const wasDone = await Promise.race([work().then(() => true), browser.ended.then(() => false)])
    browser.restart()
    await check(wasDone)
    if (wasDone) return requests
  }
}

test('a database that is made anew is never lost, wherever the browser ends, and is not taken for a lost one', async () => {
  const moments = await atEachMoment(
    async () => {
      await rewriteDatabase(NAME, BEFORE)
      return () => rewriteDatabase(NAME, AFTER)
    },
    async wasDone => {
      const found = await documentDatabases(indexedDB)
      expect([...(found?.get(WORKSPACE) ?? [])]).toEqual([HOME_DOCUMENT satisfies DocumentId])
      await finishRewriting(NAME)
      expect([wasDone ? [] : BEFORE, AFTER]).toContainEqual(await read(NAME))
      await forgetCopies()
      expect((await indexedDB.databases()).map(({ name }) => name)).toEqual([NAME])
    },
  )
  expect(moments).toBeGreaterThanOrEqual(3)
})

test('a copy from a time before is not put in the place of what is there', async () => {
  await atEachMoment(
    async () => {
      await rewriteDatabase(NAME, BEFORE)
      return () => rewriteDatabase(NAME, AFTER)
    },
    async () => {
      await finishRewriting(NAME)
      await rewriteDatabase(NAME, holding('newer'))
      await finishRewriting(NAME)
      expect(await read(NAME)).toEqual(holding('newer'))
    },
  )
})

test('the keys of the device are never lost while its database is made anew', async () => {
  const keys = await generateDeviceKeys()
  const moments = await atEachMoment(
    async () => {
      const store = await openDeviceStore()
      await store.setKeys(keys)
      await store.setNote('a note', 'kept')
      return async () => {
        await store.renew()
        expect((await store.keys())?.device).toBe(keys.device)
        store.close()
      }
    },
    async wasDone => {
      const store = await openDeviceStore()
      // Where it ended before anything was done, the one of before is still open here.
      expect((await store.keys())?.device).toBe(keys.device)
      expect(await store.note('a note')).toBe('kept')
      store.close()
      if (wasDone) await forgetCopies()
    },
  )
  expect(moments).toBeGreaterThanOrEqual(3)
})
