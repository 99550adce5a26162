import { CompactEncrypt, compactDecrypt, importJWK } from 'jose'
import type { Bytes } from '../../protocol/bytes.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'

/**
 * The root of an epoch's content keys (32 bytes), sealed to one X25519 key as a compact JWE: ECDH-ES (RFC 8037 with
 * RFC 7518, section 4.6) and A256GCM.
 */
export const sealRoot = async (root: Uint8Array, sealing: string): Promise<string> => {
  const reader = await importJWK({ kty: 'OKP', crv: 'X25519', x: sealing }, 'ECDH-ES')
  return new CompactEncrypt(root).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' }).encrypt(reader)
}

/** Errors: `root-unreadable`. */
export const openRoot = async (sealed: string | undefined, opening: CryptoKey): Promise<Result<Bytes>> => {
  const unreadable = fail('root-unreadable', 'This device could not open the key of the workspace.')
  if (sealed === undefined) return unreadable
  try {
    const options = { keyManagementAlgorithms: ['ECDH-ES'], contentEncryptionAlgorithms: ['A256GCM'] }
    const { plaintext } = await compactDecrypt(sealed, opening, options)
    return plaintext.length === ROOT_BYTES ? ok(new Uint8Array(plaintext)) : unreadable
  } catch {
    return unreadable
  }
}

export const ROOT_BYTES = 32
