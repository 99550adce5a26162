import type { Bytes } from './bytes.ts'
import { isSoundPoint, isSoundSignature } from './sound-point.ts'

/** The part of Web Crypto that the protocol itself needs. Every runtime has it; plain ES does not declare it. */
interface WebCrypto {
  readonly subtle: {
    digest(algorithm: 'SHA-256', data: Uint8Array): Promise<ArrayBuffer>
    importKey(
      format: 'raw',
      key: Uint8Array,
      algorithm: 'Ed25519',
      extractable: boolean,
      usages: readonly string[],
    ): Promise<object>
    verify(algorithm: 'Ed25519', key: object, signature: Uint8Array, data: Uint8Array): Promise<boolean>
    unwrapKey<K extends object>(
      format: 'pkcs8' | 'raw',
      wrapped: Uint8Array,
      by: K,
      how: { readonly name: 'AES-GCM'; readonly iv: Uint8Array },
      algorithm: string,
      extractable: boolean,
      usages: readonly string[],
    ): Promise<K>
  }
}

export const { subtle } = (globalThis as unknown as { crypto: WebCrypto }).crypto

export const sha256 = async (data: Uint8Array): Promise<Bytes> =>
  new Uint8Array(await subtle.digest('SHA-256', data))

/** An Ed25519 public key, to check signatures with. */
export type VerifyingKey = object

/** Of a raw public key (32 bytes). Null for bytes that are no point on the curve, or a weak one: a wrong key, which has signed nothing. */
export const importVerifyingKey = async (publicKey: Uint8Array): Promise<VerifyingKey | null> => {
  if (!isSoundPoint(publicKey)) return null
  return subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']).catch(() => null)
}

/** Whether `signature` (64 bytes) is the Ed25519 signature (RFC 8032) of `data` by this key. */
export const isSignedBy = async (
  key: VerifyingKey | null,
  signature: Uint8Array,
  data: Uint8Array,
): Promise<boolean> =>
  key !== null &&
  isSoundSignature(signature) &&
  (await subtle.verify('Ed25519', key, signature, data).catch(() => false))

/** The same for a raw public key (32 bytes), for who checks one signature of it. */
export const verifyEd25519 = async (
  publicKey: Uint8Array,
  signature: Uint8Array,
  data: Uint8Array,
): Promise<boolean> => isSignedBy(await importVerifyingKey(publicKey), signature, data)
