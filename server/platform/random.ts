import type { Bytes } from '../../protocol/bytes.ts'

/** Unpredictable bytes; seeded in tests. */
export type Random = (length: number) => Bytes

export const systemRandom: Random = length => crypto.getRandomValues(new Uint8Array(length))

const POOL_BYTES = 4096

/** The same bytes, drawn many at a time: to ask for a few costs as much. */
export const pooled = (random: Random): Random => {
  let pool: Bytes = new Uint8Array(0)
  let used = 0
  return length => {
    if (length > POOL_BYTES / 4) return random(length)
    if (pool.length - used < length) {
      pool = random(POOL_BYTES)
      used = 0
    }
    used += length
    return pool.slice(used - length, used)
  }
}
