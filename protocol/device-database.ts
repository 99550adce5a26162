import type { DeviceId, PublicKey } from './ids.ts'
import type { StoredKey, WrappedKey } from './wrapped-key.ts'

/** The IndexedDB database of the device itself. The worker writes it; the service worker reads the signing key. */
export const DEVICE_DATABASE = 'holdfast-device'
export const DEVICE_DATABASE_VERSION = 1
/** Object stores, all with keys given apart from the values. */
export const DEVICE_STORES = ['keys', 'workspaces', 'relays', 'documents', 'settings'] as const
/** In the store `keys`. */
export const DEVICE_KEYS = 'device'
/** In the store `keys`, too. */
export const VAULT_KEY = 'vault'
/** There as well, while the device lock is on. */
export const COURIER_KEY = 'courier'

/** A key that delivers what the device has sealed while nothing opens the device's own. */
export interface StoredCourier<K> {
  readonly publicKey: PublicKey
  readonly signing: WrappedKey<K>
  /** What the device signed to appoint it. */
  readonly by: string
}

/** `K` is CryptoKey, which plain ES does not know. Private keys are not extractable. */
export interface DeviceKeys<K> {
  readonly device: DeviceId
  readonly publicKey: PublicKey
  readonly signing: K
  /** X25519, to open what is sealed to this device. */
  readonly opening: K
  /** 32 bytes, base64url. */
  readonly sealing: string
}

/** The same as they are stored. */
export interface StoredDeviceKeys<K> extends Omit<DeviceKeys<K>, 'signing' | 'opening'> {
  readonly signing: StoredKey<K>
  readonly opening: StoredKey<K>
}
