import { DEVICE_DATABASE, DEVICE_KEYS, type StoredDeviceKeys } from '../../protocol/device-database.ts'
import type { PublicKey } from '../../protocol/ids.ts'
import { unwrapKey } from '../../protocol/wrapped-key.ts'

const KEYS_STORE = 'keys'

/** What tokens are signed with. */
export interface SigningKeys {
  readonly publicKey: PublicKey
  readonly signing: CryptoKey
}

/**
 * Reads the device's keys from the database that the worker owns. Null where there are none, and while the device lock
 * is on: only what the passphrase opens could unwrap them. Rejects where the browser refuses to open the database.
 */
export const readSigningKeys = async (factory: IDBFactory): Promise<SigningKeys | null> => {
  const keys = await readStored(factory)
  if (!keys) return null
  const { publicKey, signing } = keys
  if (!('wrapped' in signing)) return { publicKey, signing }
  return 'wrapping' in signing
    ? { publicKey, signing: await unwrapKey(signing, signing.wrapping, 'Ed25519') }
    : null
}

/** It is opened as it is: where there is none, none is made, because the worker would take an empty one for its own. */
const readStored = async (factory: IDBFactory): Promise<StoredDeviceKeys<CryptoKey> | null> => {
  const database = await openExisting(factory)
  if (!database) return null
  try {
    if (!database.objectStoreNames.contains(KEYS_STORE)) return null
    const keys: unknown = await settled(
      database.transaction(KEYS_STORE, 'readonly').objectStore(KEYS_STORE).get(DEVICE_KEYS),
    )
    return (keys as StoredDeviceKeys<CryptoKey> | undefined) ?? null
  } finally {
    database.close() // an open connection would keep the worker from ever upgrading it
  }
}

const openExisting = (factory: IDBFactory): Promise<IDBDatabase | null> =>
  new Promise((resolve, reject) => {
    // Without a version it opens whatever version there is; only a database that is not there asks for an upgrade.
    const request = factory.open(DEVICE_DATABASE)
    let missing = false
    request.onupgradeneeded = () => {
      missing = true
      request.transaction?.abort()
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => (missing ? resolve(null) : reject(request.error))
  })

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
