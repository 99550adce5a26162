import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type LogStore, StoreFailed } from '../../server/log/log-store.ts'
import { openDatabase } from '../../server/log/sqlite-database.ts'
import { createSqliteLogStore } from '../../server/log/sqlite-log-store.ts'
import { openWriteAheadLog } from '../../server/log/write-ahead-log.ts'
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

const openStore = (database: DatabaseSync): LogStore =>
  createSqliteLogStore({ ...deps, database, disk: openWriteAheadLog(database) })

/** SQLite's own limit of pages fails a commit exactly as a full disk does. */
const limitPages = (database: DatabaseSync, full: boolean): void => {
  const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number }
  database.exec(`PRAGMA max_page_count = ${full ? pages : 1_000_000}`)
}

logStoreContract('node:sqlite on disk', async () => {
  const path = join(await aFolder(), 'relay.sqlite')
  const database = openDatabase(path)
  const store = openStore(database)
  return {
    store,
    reopen: async () => {
      await store.close()
      return openStore(openDatabase(path))
    },
    // The first connection stays open, unclosed, as that of a process that was killed (durability.test.ts kills one).
    crash: async () => openStore(openDatabase(path)),
    fillDisk: full => limitPages(database, full),
  }
})

test('RLY-6: what the disk does not take is refused, and nothing more is taken until the file is read anew', async () => {
  const path = join(await aFolder(), 'relay.sqlite')
  const database = openDatabase(path)
  const disk = { sync: () => Promise.reject(new Error('EIO: i/o error, fdatasync')), close: () => {} }
  const store = createSqliteLogStore({ ...deps, database, disk })
  const workspace = 'A'.repeat(43)
  await store.create(workspace, 'statement 0')
  const append = (envelope: string) =>
    store.append({
      workspace,
      document: randomDocument(),
      envelopes: [{ id: envelope, bytes: new Uint8Array(10) }],
      quota: { bytes: 1e6, documents: 10 },
    })
  await expect(append('s.1')).rejects.toThrow(StoreFailed)
  await expect(append('s.2')).rejects.toThrow(StoreFailed)
  await expect(store.check()).rejects.toThrow(StoreFailed)
  await store.close()
  const again = openStore(openDatabase(path))
  await again.check()
  await again.close()
})

test('RLY-2: what is handed to whoever reads is on the disk, also where it was written a moment ago', async () => {
  const database = openDatabase(join(await aFolder(), 'relay.sqlite'))
  const { promise, resolve } = Promise.withResolvers<void>()
  const store = createSqliteLogStore({ ...deps, database, disk: { sync: () => promise, close: () => {} } })
  const workspace = 'A'.repeat(43)
  await store.create(workspace, 'statement 0')
  const appended = store.append({
    workspace,
    document: randomDocument(),
    envelopes: [{ id: 's.1', bytes: new Uint8Array(10) }],
    quota: { bytes: 1e6, documents: 10 },
  })
  let isRead = false
  const reading = store.read(workspace, { document: null, after: 0, maxEntries: 10, maxBytes: 1e6 })
  void reading.then(() => {
    isRead = true
  })
  for (let turn = 0; turn < 3; turn++) await nextTurn()
  expect(isRead).toBe(false)
  resolve()
  await appended
  expect((await reading).entries).toHaveLength(1)
  await store.close()
})

test('a file of the first layouts goes on with its logs; what it says about members nobody can read any more', async () => {
  const path = join(await aFolder(), 'relay.sqlite')
  const { workspace, owner, statements } = await createGroup()
  const document = randomDocument()
  const before = openStore(openDatabase(path))
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
  const after = openStore(openDatabase(path))
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
