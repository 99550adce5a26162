import type { Bytes } from './bytes.ts'
import { subtle } from './web-crypto.ts'

/** A private key, encrypted: AES-256-GCM over its PKCS #8 form. */
export interface EncryptedKey {
  readonly iv: Bytes
  readonly wrapped: Bytes
}

/** One with the AES key that opens it, which cannot be taken out of the browser. `K` is CryptoKey. */
export interface WrappedKey<K> extends EncryptedKey {
  readonly wrapping: K
}

/**
 * A private key as a device stores it: one that cannot be taken out (earlier builds made those), a wrapped one, or with
 * the device lock on one that only what the passphrase opens can unwrap.
 */
export type StoredKey<K> = K | WrappedKey<K> | EncryptedKey

const USES = { Ed25519: ['sign'], X25519: ['deriveBits'] } as const

/** Rejects where it was wrapped by another key. One that is extractable can be wrapped again. */
export const unwrapKey = <K extends object>(
  { iv, wrapped }: EncryptedKey,
  wrapping: K,
  curve: keyof typeof USES,
  extractable = false,
): Promise<K> =>
  subtle.unwrapKey('pkcs8', wrapped, wrapping, { name: 'AES-GCM', iv }, curve, extractable, USES[curve])
