import type { Clock } from '../platform/clock.ts'

/** A token bucket: full at first, it lets `burst` through at once and `perSecond` in the long run. */
export const createRate = (
  clock: Pick<Clock, 'now'>,
  { perSecond, burst }: { readonly perSecond: number; readonly burst: number },
): (() => boolean) => {
  let left = burst
  let at = clock.now()
  return () => {
    const now = clock.now()
    left = Math.min(burst, left + (Math.max(0, now - at) / 1000) * perSecond)
    at = now
    if (left < 1) return false
    left -= 1
    return true
  }
}
