import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openDatabase } from '../../server/log/sqlite-database.ts'
import { createSqliteLogStore } from '../../server/log/sqlite-log-store.ts'
import { systemClock } from '../../server/platform/clock.ts'
import { systemRandom } from '../../server/platform/random.ts'
import { logStoreContract } from '../contract/log-store.ts'
import { createMemoryDisk, createMemoryLogStore } from '../support/memory-log-store.ts'
import { aFolder } from './support/folder.ts'

const deps = { clock: systemClock, random: systemRandom }

logStoreContract('in memory', async () => {
  const disk = createMemoryDisk()
  const open = () => createMemoryLogStore({ ...deps, disk })
  const store = open()
  return {
    store,
    reopen: async () => {
      await store.close()
      return open()
    },
    crash: async () => {
      store.crash()
      return open()
    },
    fillDisk: full => {
      disk.full = full
    },
  }
})

/** SQLite's own limit of pages fails a commit exactly as a full disk does. */
const limitPages = (database: DatabaseSync, full: boolean): void => {
  const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number }
  database.exec(`PRAGMA max_page_count = ${full ? pages : 1_000_000}`)
}

logStoreContract('node:sqlite on disk', async () => {
  const path = join(await aFolder(), 'relay.sqlite')
  const database = openDatabase(path)
  const store = createSqliteLogStore({ ...deps, database })
  return {
    store,
    reopen: async () => {
      await store.close()
      return createSqliteLogStore({ ...deps, database: openDatabase(path) })
    },
    // The first connection stays open, unclosed, as that of a process that was killed (durability.test.ts kills one).
    crash: async () => createSqliteLogStore({ ...deps, database: openDatabase(path) }),
    fillDisk: full => limitPages(database, full),
  }
})

test('a file of the layout before goes on with what it holds', async () => {
  const path = join(await aFolder(), 'relay.sqlite')
  const workspace = 'A'.repeat(43)
  const before = createSqliteLogStore({ ...deps, database: openDatabase(path) })
  await before.create(workspace, 'list 0')
  await before.close()
  const old = openDatabase(path)
  old.exec('DROP TABLE slots; ALTER TABLE workspaces DROP COLUMN deleted; PRAGMA user_version = 2')
  old.close()
  const after = createSqliteLogStore({ ...deps, database: openDatabase(path) })
  expect((await after.find(workspace))?.lists).toEqual(['list 0'])
  expect(await after.setSlot(workspace, { device: workspace, data: new Uint8Array(1) }, 1e9)).toBe(true)
  await after.close()
})
