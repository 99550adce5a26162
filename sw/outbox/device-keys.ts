import {
  COURIER_KEY,
  DEVICE_DATABASE,
  DEVICE_KEYS,
  type StoredCourier,
  type StoredDeviceKeys,
} from '../../protocol/device-database.ts'
import type { PublicKey } from '../../protocol/ids.ts'
import { unwrapKey } from '../../protocol/wrapped-key.ts'

const KEYS_STORE = 'keys'

/** What tokens are signed with. */
export interface SigningKeys {
  readonly publicKey: PublicKey
  readonly signing: CryptoKey
  /** What appointed it, where it is a courier's. */
  readonly by?: string
}

interface Stored {
  readonly keys: StoredDeviceKeys<CryptoKey>
  readonly courier: StoredCourier<CryptoKey> | undefined
}

/**
 * Reads the device's keys from the database that the worker owns, or with the device lock on, when only what the
 * passphrase opens could unwrap them, its courier's. Null where there are none. Rejects where the browser refuses to
 * open the database.
 */
export const readSigningKeys = async (factory: IDBFactory): Promise<SigningKeys | null> => {
  const stored = await readStored(factory)
  if (!stored) return null
  const { publicKey, signing } = stored.keys
  if (!('wrapped' in signing)) return { publicKey, signing }
  if ('wrapping' in signing)
    return { publicKey, signing: await unwrapKey(signing, signing.wrapping, 'Ed25519') }
  if (!stored.courier) return null
  const { by, ...courier } = stored.courier
  return {
    publicKey: courier.publicKey,
    signing: await unwrapKey(courier.signing, courier.signing.wrapping, 'Ed25519'),
    by,
  }
}

/** It is opened as it is: where there is none, none is made, because the worker would take an empty one for its own. */
const readStored = async (factory: IDBFactory): Promise<Stored | null> => {
  const database = await openExisting(factory)
  if (!database) return null
  try {
    if (!database.objectStoreNames.contains(KEYS_STORE)) return null
    const store = database.transaction(KEYS_STORE, 'readonly').objectStore(KEYS_STORE)
    const [keys, courier] = await Promise.all([
      settled<StoredDeviceKeys<CryptoKey> | undefined>(store.get(DEVICE_KEYS)),
      settled<StoredCourier<CryptoKey> | undefined>(store.get(COURIER_KEY)),
    ])
    return keys ? { keys, courier } : null
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
