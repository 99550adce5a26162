import type { Clock } from '../platform/clock.ts'
import { createRate } from '../relay/rate.ts'

/** Judging takes time that others wait for: the more of it, the more was said. */
const RATE = { perSecond: 2, burst: 200 }
const REMEMBERED = 10_000

/** Whether there is time to judge something that a device or invitation says. */
export const createPatience = (clock: Pick<Clock, 'now'>): ((signer: string) => boolean) => {
  const rates = new Map<string, () => boolean>()
  return signer => {
    const rate = rates.get(signer) ?? createRate(clock, RATE)
    rates.set(signer, rate)
    if (rates.size > REMEMBERED) rates.delete(rates.keys().next().value!)
    return rate()
  }
}
