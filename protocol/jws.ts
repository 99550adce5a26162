import { fromBase64url, toBase64url } from './bytes.ts'
import { isSoundSignature } from './sound-point.ts'

/**
 * Whether a compact JWS (RFC 7515) is in its one spelling: three parts of base64url without anything else in them and
 * without bits left over, and a signature that all engines judge alike. Libraries read several spellings as the same
 * signed text. Where a text is known by its hash, anybody could otherwise make further ones out of it that are as well
 * signed as the first.
 */
export const isSoundJws = (text: string): boolean => {
  const parts = text.split('.')
  if (parts.length !== 3 || !parts.every(part => /^[\w-]+$/.test(part))) return false
  try {
    const bytes = parts.map(fromBase64url)
    return bytes.every((part, index) => toBase64url(part) === parts[index]) && isSoundSignature(bytes[2]!)
  } catch {
    return false
  }
}
