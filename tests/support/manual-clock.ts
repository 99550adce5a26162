import type { Clock } from '../../worker/platform/clock.ts'

interface Timer {
  readonly at: number
  readonly action: () => void
}

/** Time that passes only when a test says so. */
export interface ManualClock extends Clock {
  /** Runs everything that falls due in this time, in order, and what it leads to. */
  pass(milliseconds: number): Promise<void>
  waiting(): number
}

/** Lets promises and Web Crypto, which answers from another thread, come to an end. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
}

export const createManualClock = (start = Date.UTC(2026, 4, 1)): ManualClock => {
  let now = start
  const timers = new Set<Timer>()
  const nextUntil = (end: number): Timer | undefined =>
    [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  return {
    now: () => now,
    after: (delay, action) => {
      const timer = { at: now + delay, action }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    pass: async milliseconds => {
      const end = now + milliseconds
      await settled()
      for (let timer = nextUntil(end); timer; timer = nextUntil(end)) {
        timers.delete(timer)
        now = Math.max(now, timer.at)
        timer.action()
        await settled()
      }
      now = end
    },
    waiting: () => timers.size,
  }
}
