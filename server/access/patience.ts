import type { Clock } from '../platform/clock.ts'
import { createRate } from '../relay/rate.ts'

/** Judging takes time that others wait for: the more of it, the more was said. */
const RATE = { perSecond: 2, burst: 200 }
/** Some milliseconds. */
const STEPS_OF_ONE = 100_000
const REMEMBERED = 10_000

export interface Patience {
  /** Whether there is time to judge something that a device or invitation says. */
  has(signer: string): boolean
  /** What they said took so many steps: whoever keeps others waiting is listened to less. */
  tried(signer: string, steps: number): void
}

export const createPatience = (clock: Pick<Clock, 'now'>): Patience => {
  const rates = new Map<string, () => boolean>()
  const has = (signer: string): boolean => {
    const rate = rates.get(signer) ?? createRate(clock, RATE)
    rates.set(signer, rate)
    if (rates.size > REMEMBERED) rates.delete(rates.keys().next().value!)
    return rate()
  }
  return {
    has,
    tried: (signer, steps) => {
      for (let left = steps; left >= STEPS_OF_ONE && has(signer); left -= STEPS_OF_ONE);
    },
  }
}
