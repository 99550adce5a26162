import type { EncryptedKey, WrappedKey } from '../../protocol/wrapped-key.ts'

const IV_BYTES = 12

/** Whether this browser can store keys of this kind: in WebKitGTK a stored X25519 key comes back as null. */
export const canBeStored = (key: CryptoKey): boolean => {
  try {
    return structuredClone(key) instanceof CryptoKey
  } catch {
    return false
  }
}

const encryptKey = async (key: CryptoKey, wrapping: CryptoKey): Promise<EncryptedKey> => {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const wrapped = await crypto.subtle.wrapKey('pkcs8', key, wrapping, { name: 'AES-GCM', iv })
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
