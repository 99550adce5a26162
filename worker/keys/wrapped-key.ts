import {
  type EncryptedKey,
  type KeyKind,
  type StoredKey,
  unwrapKey,
  type WrappedKey,
} from '../../protocol/wrapped-key.ts'

const IV_BYTES = 12

/** Whether this browser can store keys of this kind: in WebKitGTK a stored X25519 key comes back as null. */
export const canBeStored = (key: CryptoKey): boolean => {
  try {
    return structuredClone(key) instanceof CryptoKey
  } catch {
    return false
  }
}

export const encryptKey = async (key: CryptoKey, wrapping: CryptoKey): Promise<EncryptedKey> => {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const format = key.type === 'secret' ? 'raw' : 'pkcs8'
  const wrapped = await crypto.subtle.wrapKey(format, key, wrapping, { name: 'AES-GCM', iv })
  return { iv, wrapped: new Uint8Array(wrapped) }
}

/** Wraps an extractable key by a fresh one that cannot be taken out of the browser. */
export const wrapKey = async (key: CryptoKey): Promise<WrappedKey<CryptoKey>> => {
  const wrapping = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'wrapKey',
    'unwrapKey',
  ])
  return { wrapping, ...(await encryptKey(key, wrapping)) }
}

/** With the lock on, `lockKey` unwraps it. It cannot be taken out of the worker. */
export const keyInUse = (
  key: StoredKey<CryptoKey>,
  kind: KeyKind,
  lockKey: CryptoKey | null,
): Promise<CryptoKey> => {
  if (!('wrapped' in key)) return Promise.resolve(key)
  const wrapping = 'wrapping' in key ? key.wrapping : lockKey
  return wrapping === null
    ? Promise.reject(new Error('The device is locked.'))
    : unwrapKey(key, wrapping, kind)
}
