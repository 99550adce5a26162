import { DEVICE_DATABASE, DEVICE_KEYS, type DeviceKeys } from '../../protocol/device-database.ts'

const KEYS_STORE = 'keys'

/**
 * Reads the device's keys from the database that the worker owns. It is opened as it is: where there is none, none is
 * made, because the worker would take an empty one for its own. Null where there are no keys. Rejects where the
 * browser refuses to open it.
 */
export const readDeviceKeys = async (factory: IDBFactory): Promise<DeviceKeys<CryptoKey> | null> => {
  const database = await openExisting(factory)
  if (!database) return null
  try {
    if (!database.objectStoreNames.contains(KEYS_STORE)) return null
    const keys: unknown = await settled(
      database.transaction(KEYS_STORE, 'readonly').objectStore(KEYS_STORE).get(DEVICE_KEYS),
    )
    return (keys as DeviceKeys<CryptoKey> | undefined) ?? null
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
