import { type EncryptedKey, type KeyKind, type StoredKey, unwrapKey } from '../../protocol/wrapped-key.ts'
import { encryptKey, wrapKey } from '../keys/wrapped-key.ts'
import type { DeviceStore, LockChange } from '../storage/device-store.ts'

/** All keys that lie in the device's database. */
type Keys = Pick<LockChange, 'keys' | 'vaultKey'>
type Store = Pick<DeviceStore, 'keys' | 'vaultKey'>
type Wrap = (key: EncryptedKey, kind: KeyKind) => Promise<StoredKey<CryptoKey>>

/** Keys of earlier builds cannot be taken out of the browser, so that nothing can wrap them. */
const isWrapped = (key: StoredKey<CryptoKey>): key is EncryptedKey => 'wrapped' in key

/** Null where one of them is such a key, or there are none. */
const rewrap = async (store: Store, wrap: Wrap): Promise<Keys | null> => {
  const [keys, vaultKey] = await Promise.all([store.keys(), store.vaultKey()])
  if (!keys || !isWrapped(keys.signing) || !isWrapped(keys.opening)) return null
  if (vaultKey && !isWrapped(vaultKey)) return null
  const [signing, opening, vault] = await Promise.all([
    wrap(keys.signing, 'Ed25519'),
    wrap(keys.opening, 'X25519'),
    vaultKey && wrap(vaultKey, 'AES-GCM'),
  ])
  return { keys: { ...keys, signing, opening }, vaultKey: vault }
}

/** The keys so that only what the passphrase opens unwraps them; null where that cannot be done with one of them. */
export const lockKeysBy = (store: Store, lockKey: CryptoKey): Promise<Keys | null> =>
  rewrap(store, async (key, kind) =>
    'wrapping' in key
      ? encryptKey(await unwrapKey(key, key.wrapping as CryptoKey, kind, true), lockKey)
      : key,
  )

/** The keys so that what unwraps them lies beside them again. */
export const unlockKeysBy = (store: Store, lockKey: CryptoKey): Promise<Keys | null> =>
  rewrap(store, async (key, kind) =>
    'wrapping' in key ? (key as StoredKey<CryptoKey>) : wrapKey(await unwrapKey(key, lockKey, kind, true)),
  )
