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
import { aCore } from './support/in-process.ts'
import { createGroup, randomDocument } from './support/member.ts'

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

test('a file of the first layouts goes on with its logs; what it says about members nobody can read any more', async () => {
  const path = join(await aFolder(), 'relay.sqlite')
  const { workspace, owner, statements } = await createGroup()
  const document = randomDocument()
  const before = createSqliteLogStore({ ...deps, database: openDatabase(path) })
  await before.create(workspace, 'statement 0')
  const envelope = await owner.seal(document)
  await before.append({
    workspace,
    document,
    envelopes: [envelope],
    quota: { bytes: 1e9, documents: 1 },
  })
  const { log } = (await before.find(workspace))!
  await before.close()
  const old = openDatabase(path)
  old.exec(`INSERT INTO lists VALUES (1, 0, 'a list'); DROP TABLE statements; DROP TABLE slots;
    ALTER TABLE workspaces DROP COLUMN deleted; PRAGMA user_version = 2`)
  old.close()
  const after = createSqliteLogStore({ ...deps, database: openDatabase(path) })
  expect(await after.find(workspace)).toMatchObject({ log, head: { position: 1 }, statements: [] })
  const relay = aCore({ wrap: () => after }).relay
  const token = await owner.token('https://relay.test')
  const query = { after: 0, document: null, limit: 10 }
  expect(await relay.log.read(workspace, token, query)).toMatchObject({
    error: { code: 'unknown-workspace' },
  })
  expect(await relay.access.write(workspace, statements[0]!, null)).toMatchObject({ ok: true, made: true })
  expect(await relay.log.read(workspace, token, query)).toMatchObject({
    value: { log, entries: [{ position: 1 }] },
  })
  await relay.close()
})
