import { base64url } from 'jose'

/** Standard lib's view of bytes that own a plain (never shared) buffer, which is what Web Crypto asks for. */
export type Bytes = Uint8Array<ArrayBuffer>

export const concatBytes = (...parts: readonly Uint8Array[]): Bytes => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false
  return true
}

/** Base64url without padding (RFC 4648, section 5). */
export const toBase64url = (bytes: Uint8Array): string => base64url.encode(bytes)

/** @throws {TypeError} where the text is not base64url; check with the patterns of ids.ts first. */
export const fromBase64url = (text: string): Bytes => new Uint8Array(base64url.decode(text))
