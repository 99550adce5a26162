import type { Bytes } from '../../protocol/bytes.ts'

/** An X25519 private key as a browser keeps it that can store AES keys but none of this kind. */
export interface WrappedKey {
  /** AES-256-GCM, not extractable. */
  readonly wrapping: CryptoKey
  readonly iv: Bytes
  /** PKCS #8, encrypted. */
  readonly wrapped: Bytes
}

const IV_BYTES = 12

/** In WebKitGTK a structured clone of an X25519 key throws, and a stored one comes back as null. */
export const canBeStored = (key: CryptoKey): boolean => {
  try {
    return structuredClone(key) instanceof CryptoKey
  } catch {
    return false
  }
}

export const wrapKey = async (key: CryptoKey): Promise<WrappedKey> => {
  const wrapping = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'wrapKey',
    'unwrapKey',
  ])
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const wrapped = await crypto.subtle.wrapKey('pkcs8', key, wrapping, { name: 'AES-GCM', iv })
  return { wrapping, iv, wrapped: new Uint8Array(wrapped) }
}

/** Not extractable, like one that was never wrapped. */
export const unwrapKey = ({ wrapping, iv, wrapped }: WrappedKey): Promise<CryptoKey> =>
  crypto.subtle.unwrapKey('pkcs8', wrapped, wrapping, { name: 'AES-GCM', iv }, 'X25519', false, [
    'deriveBits',
  ])
