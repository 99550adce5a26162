import { CompactSign, compactVerify, decodeProtectedHeader, importJWK } from 'jose'
import { isPublicKey, type PublicKey, thumbprint } from '../ids.ts'
import { isSoundJws } from '../jws.ts'

/** The kinds of texts about members: a statement, and a device's word that it joins. */
export type SignedType = 'holdfast-access+jwt' | 'holdfast-join+jwt'
export type SigningKey = Parameters<CompactSign['sign']>[0]

const ASCII_CHUNK = 8192

// Statements hold ids, numbers and base64url only, so ASCII is all of UTF-8 that is needed.
export const asciiBytes = (text: string): Uint8Array => {
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

export const signText = (
  typ: SignedType,
  payload: object,
  key: SigningKey,
  publicKey: PublicKey,
): Promise<string> =>
  new CompactSign(asciiBytes(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ, jwk: { ...publicKey } })
    .sign(key)

/** What was signed, and the thumbprint of the key that did and that the text itself names. Null where anything is wrong. */
export const readSigned = async (
  typ: SignedType,
  text: string,
): Promise<{ readonly signer: string; readonly payload: unknown } | null> => {
  if (!isSoundJws(text)) return null
  try {
    const header = decodeProtectedHeader(text)
    const { jwk } = header
    if (header.alg !== 'EdDSA' || header.typ !== typ || !isPublicKey(jwk)) return null
    const key = { kty: jwk.kty, crv: jwk.crv, x: jwk.x }
    const { payload } = await compactVerify(text, await importJWK(key, 'EdDSA'), { algorithms: ['EdDSA'] })
    return { signer: await thumbprint(key), payload: JSON.parse(decodeAscii(payload)) }
  } catch {
    return null
  }
}
