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

/** Whether `signature` (64 bytes) is the Ed25519 signature (RFC 8032) of `data` by the raw public key (32 bytes). */
export const verifyEd25519 = async (
  publicKey: Uint8Array,
  signature: Uint8Array,
  data: Uint8Array,
): Promise<boolean> => {
  if (!isSoundPoint(publicKey) || !isSoundSignature(signature)) return false
  try {
    const key = await subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify'])
    return await subtle.verify('Ed25519', key, signature, data)
  } catch {
    return false // bytes that are no point on the curve are a wrong key, not a fault of ours
  }
}
