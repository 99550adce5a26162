import type { Bytes } from './bytes.ts'
import { subtle } from './web-crypto.ts'

/** A private key, encrypted: AES-256-GCM over its PKCS #8 form, or over the bytes of an AES key. */
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

const USES = { Ed25519: ['sign'], X25519: ['deriveBits'], 'AES-GCM': ['encrypt', 'decrypt'] } as const

export type KeyKind = keyof typeof USES

/** Rejects where it was wrapped by another key. One that is extractable can be wrapped again. */
export const unwrapKey = <K extends object>(
  { iv, wrapped }: EncryptedKey,
  wrapping: K,
  kind: KeyKind,
  extractable = false,
): Promise<K> =>
  subtle.unwrapKey(
    kind === 'AES-GCM' ? 'raw' : 'pkcs8',
    wrapped,
    wrapping,
    { name: 'AES-GCM', iv },
    kind,
    extractable,
    USES[kind],
  )
