import { toBase64url } from '../../protocol/bytes.ts'
import { sha256 } from '../../protocol/web-crypto.ts'

const LONE_SURROGATE = /\p{Surrogate}/gu
const REPLACEMENT = '\uFFFD'

/** Lone surrogates become U+FFFD: Yjs stores UTF-8, where they cannot be written. */
export const wellFormed = (text: string): string => text.replace(LONE_SURROGATE, REPLACEMENT)

/** How text may enter a note: `\n` ends lines, and every character is whole. */
export const asNoteText = (text: string): string =>
  wellFormed(text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text)

/** At most `length` UTF-16 units, without cutting a character in two. */
export const clip = (text: string, length: number): string => {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}

const HASH_BYTES = 16

/** The first 16 bytes of the SHA-256 of the text's UTF-8, base64url. Line endings make no difference. */
export const hashText = async (text: string): Promise<string> =>
  toBase64url((await sha256(new TextEncoder().encode(asNoteText(text)))).subarray(0, HASH_BYTES))
