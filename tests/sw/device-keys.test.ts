import { openDB } from 'idb'
import { beforeEach, expect, test } from 'vitest'
import {
  COURIER_KEY,
  DEVICE_DATABASE,
  DEVICE_DATABASE_VERSION,
  DEVICE_KEYS,
  DEVICE_STORES,
} from '../../protocol/device-database.ts'
import { readSigningKeys } from '../../sw/outbox/device-keys.ts'
import { emptyDisk } from './setup.ts'

beforeEach(emptyDisk)

const makeDatabase = () =>
  openDB(DEVICE_DATABASE, DEVICE_DATABASE_VERSION, {
    upgrade: database => {
      for (const store of DEVICE_STORES) database.createObjectStore(store)
    },
  })

/** A signing key as the worker stores it, and what it signs. */
const wrappedKey = async () => {
  const { privateKey } = (await crypto.subtle.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const wrapping = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'wrapKey',
    'unwrapKey',
  ])
  const iv = new Uint8Array(12)
  const wrapped = new Uint8Array(
    await crypto.subtle.wrapKey('pkcs8', privateKey, wrapping, { name: 'AES-GCM', iv }),
  )
  return { privateKey, wrapping, iv, wrapped }
}
const DATA = new Uint8Array(10)
const signed = async (key: CryptoKey) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, DATA))

test('the key that the worker stored is unwrapped, and cannot be taken out', async () => {
  const { privateKey, ...signing } = await wrappedKey()
  const database = await makeDatabase()
  await database.put('keys', { publicKey: 'mine', signing }, DEVICE_KEYS)
  const read = await readSigningKeys(indexedDB)
  expect(read?.publicKey).toBe('mine')
  expect(read?.signing.extractable).toBe(false)
  expect(await signed(read!.signing)).toEqual(await signed(privateKey))
  database.close()
})

test('a key that an earlier build stored as it is is read', async () => {
  const { privateKey } = await wrappedKey()
  const database = await makeDatabase()
  await database.put('keys', { publicKey: 'mine', signing: privateKey }, DEVICE_KEYS)
  expect(await signed((await readSigningKeys(indexedDB))!.signing)).toEqual(await signed(privateKey))
  database.close()
})

test('with the device lock on its courier signs; without one there is nothing to sign with', async () => {
  const { iv, wrapped } = await wrappedKey()
  const database = await makeDatabase()
  await database.put('keys', { publicKey: 'mine', signing: { iv, wrapped } }, DEVICE_KEYS)
  expect(await readSigningKeys(indexedDB)).toBeNull()
  const { privateKey, ...signing } = await wrappedKey()
  await database.put('keys', { publicKey: 'its own', signing, by: 'appointed' }, COURIER_KEY)
  const read = await readSigningKeys(indexedDB)
  expect(read).toMatchObject({ publicKey: 'its own', by: 'appointed' })
  expect(await signed(read!.signing)).toEqual(await signed(privateKey))
  database.close()
})

test('where there are no keys yet there are none', async () => {
  ;(await makeDatabase()).close()
  expect(await readSigningKeys(indexedDB)).toBeNull()
})

test('a device without the database does not get an empty one', async () => {
  expect(await readSigningKeys(indexedDB)).toBeNull()
  expect(await indexedDB.databases()).toEqual([])
  const database = await makeDatabase() // the worker still makes it with all its stores
  expect([...database.objectStoreNames].sort()).toEqual([...DEVICE_STORES].sort())
  database.close()
})

test('reading keeps no connection that would block an upgrade', async () => {
  ;(await makeDatabase()).close()
  await readSigningKeys(indexedDB)
  const upgraded = await openDB(DEVICE_DATABASE, DEVICE_DATABASE_VERSION + 1)
  expect(upgraded.version).toBe(DEVICE_DATABASE_VERSION + 1)
  upgraded.close()
})
