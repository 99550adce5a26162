import { type Bytes, concatBytes, fromBase64url, toBase64url } from '../../protocol/bytes.ts'
import { FINGERPRINT_BYTES } from '../../protocol/envelope.ts'
import { SESSION_ID_BYTES, type SessionId } from '../../protocol/ids.ts'

/** For each session that a snapshot covers, fingerprints of its latest envelopes, oldest first. */
export type Heads = Readonly<Record<SessionId, readonly string[]>>

const MAX_SESSIONS = 0xffff
const MAX_HASHES = 0xff

/** The plain text of a snapshot; protocol/README.md describes the layout. */
export const encodeSnapshot = (heads: Heads, update: Uint8Array): Bytes => {
  const sessions = Object.entries(heads).slice(-MAX_SESSIONS)
  const parts = sessions.map(([session, hashes]) => {
    const latest = hashes.slice(-MAX_HASHES)
    return concatBytes(fromBase64url(session), new Uint8Array([latest.length]), ...latest.map(fromBase64url))
  })
  const count = new Uint8Array([sessions.length >> 8, sessions.length & 0xff])
  return concatBytes(count, ...parts, update)
}

/** Throws where the bytes are no snapshot. */
export const decodeSnapshot = (bytes: Uint8Array): { readonly heads: Heads; readonly update: Uint8Array } => {
  let at = 0
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError('The snapshot is cut short.')
    at += length
    return bytes.subarray(at - length, at)
  }
  const [high, low] = take(2) as unknown as [number, number]
  const heads: Record<SessionId, readonly string[]> = {}
  for (let sessions = high * 256 + low; sessions > 0; sessions--) {
    const session = toBase64url(take(SESSION_ID_BYTES))
    const [count] = take(1) as unknown as [number]
    heads[session] = Array.from({ length: count }, () => toBase64url(take(FINGERPRINT_BYTES)))
  }
  return { heads, update: bytes.subarray(at) }
}
