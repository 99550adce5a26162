import type { Random } from '../../worker/platform/random.ts'

/** Chance that can be played again: the same seed gives the same throws. */
export interface Dice {
  /** A whole number from 0 up to, but not including, `limit`. */
  below(limit: number): number
  pick<T>(from: readonly T[]): T
}

/** mulberry32, by Tommy Ettinger. */
export const seededDice = (seed: number): Dice => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { below, pick: from => from[below(from.length)] as (typeof from)[number] }
}

export const seededRandom = (seed: number): Random => {
  const dice = seededDice(seed)
  return length => {
    const bytes = new Uint8Array(length)
    for (let index = 0; index < length; index += 1) bytes[index] = dice.below(256)
    return bytes
  }
}
