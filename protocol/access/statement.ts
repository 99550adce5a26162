import { CompactSign, compactVerify, decodeProtectedHeader, importJWK } from 'jose'
import { toBase64url } from '../bytes.ts'
import { isPublicKey, type PublicKey, thumbprint } from '../ids.ts'
import { isSoundJws } from '../jws.ts'
import { MAX_STATEMENT_BYTES } from '../limits.ts'
import { fail, ok, type Result } from '../result.ts'
import { sha256 } from '../web-crypto.ts'
import { type Claims, isClaims } from './acts.ts'

/** A statement about who may do what, whose signature was checked: not yet whether its signer may say so. */
export interface Statement extends Claims {
  /** Thumbprint of the key that signed. */
  readonly signer: string
  /** A compact JWS (RFC 7515, EdDSA) with typ `holdfast-access+jwt` and the signer's `jwk`. */
  readonly text: string
  /** SHA-256 of the text, base64url. */
  readonly hash: string
}

const TYPE = 'holdfast-access+jwt'
type SigningKey = Parameters<CompactSign['sign']>[0]

const ASCII_CHUNK = 8192

// Statements hold ids, numbers and base64url only, so ASCII is all of UTF-8 that is needed.
const asciiBytes = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index)
  return bytes
}
const decodeAscii = (bytes: Uint8Array): string => {
  let text = ''
  // No engine takes all letters of a long text as arguments of one call.
  for (let at = 0; at < bytes.length; at += ASCII_CHUNK)
    // Spread, each letter would go through an iterator.
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + ASCII_CHUNK) as unknown as number[])
  return text
}

const textHash = async (text: string): Promise<string> => toBase64url(await sha256(asciiBytes(text)))

/** Digest of a set of statements, by its heads: equal where two sides have the same. */
export const headsDigest = (heads: readonly string[]): Promise<string> =>
  textHash([...heads].sort().join('.'))

export const signStatement = (claims: Claims, key: SigningKey, publicKey: PublicKey): Promise<string> =>
  new CompactSign(asciiBytes(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, jwk: { ...publicKey } })
    .sign(key)

const invalid = (why: string): Result<never> =>
  fail('access-invalid', `What was said about the members was refused: ${why}.`)

/** Checks the signature by the key that the statement itself names, and the shape. Errors: `access-invalid`. */
export const readStatement = async (workspace: string, text: string): Promise<Result<Statement>> => {
  if (text.length > MAX_STATEMENT_BYTES) return invalid('it is too large')
  if (!isSoundJws(text)) return invalid('it is not written as it should be')
  try {
    const { alg, typ, jwk } = decodeProtectedHeader(text)
    if (alg !== 'EdDSA' || typ !== TYPE || !isPublicKey(jwk)) return invalid('its header is not known')
    const key = { kty: jwk.kty, crv: jwk.crv, x: jwk.x }
    const { payload } = await compactVerify(text, await importJWK(key, 'EdDSA'), { algorithms: ['EdDSA'] })
    const claims: unknown = JSON.parse(decodeAscii(payload))
    if (!isClaims(claims)) return invalid('a field is missing or wrong')
    if (claims.ws !== workspace) return invalid('it belongs to another workspace')
    return ok({ ...claims, text, signer: await thumbprint(key), hash: await textHash(text) })
  } catch {
    return invalid('its signature or text is wrong')
  }
}
