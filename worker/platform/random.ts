import { type Bytes, toBase64url } from '../../protocol/bytes.ts'

/** Unpredictable bytes; seeded in tests. */
export type Random = (length: number) => Bytes

export const systemRandom: Random = length => crypto.getRandomValues(new Uint8Array(length))

/** 16 random bytes as base64url: document, command and session ids. */
export const randomId = (random: Random): string => toBase64url(random(16))
