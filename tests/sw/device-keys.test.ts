import { openDB } from 'idb'
import { beforeEach, expect, test } from 'vitest'
import {
  DEVICE_DATABASE,
  DEVICE_DATABASE_VERSION,
  DEVICE_KEYS,
  DEVICE_STORES,
} from '../../protocol/device-database.ts'
import { readDeviceKeys } from '../../sw/outbox/device-keys.ts'
import { emptyDisk } from './setup.ts'

beforeEach(emptyDisk)

const makeDatabase = () =>
  openDB(DEVICE_DATABASE, DEVICE_DATABASE_VERSION, {
    upgrade: database => {
      for (const store of DEVICE_STORES) database.createObjectStore(store)
    },
  })

test('the keys that the worker stored are read', async () => {
  const database = await makeDatabase()
  await database.put('keys', { device: 'me' }, DEVICE_KEYS)
  expect(await readDeviceKeys(indexedDB)).toEqual({ device: 'me' })
  database.close()
})

test('where there are no keys yet there are none', async () => {
  ;(await makeDatabase()).close()
  expect(await readDeviceKeys(indexedDB)).toBeNull()
})

test('a device without the database does not get an empty one', async () => {
  expect(await readDeviceKeys(indexedDB)).toBeNull()
  expect(await indexedDB.databases()).toEqual([])
  const database = await makeDatabase() // the worker still makes it with all its stores
  expect([...database.objectStoreNames].sort()).toEqual([...DEVICE_STORES].sort())
  database.close()
})

test('reading keeps no connection that would block an upgrade', async () => {
  ;(await makeDatabase()).close()
  await readDeviceKeys(indexedDB)
  const upgraded = await openDB(DEVICE_DATABASE, DEVICE_DATABASE_VERSION + 1)
  expect(upgraded.version).toBe(DEVICE_DATABASE_VERSION + 1)
  upgraded.close()
})
