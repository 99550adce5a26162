import type { Bytes } from '../../protocol/bytes.ts'

/** Unpredictable bytes; seeded in tests. */
export type Random = (length: number) => Bytes

export const systemRandom: Random = length => crypto.getRandomValues(new Uint8Array(length))
