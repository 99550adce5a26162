import type { Clock } from '../platform/clock.ts'

/** After a few wrong passphrases, each next one has to wait twice as long as the one before. */
export interface Attempts {
  /** Milliseconds until the next one is taken. */
  wait(): number
  failed(): void
}

const FREE = 3
const FIRST_WAIT_MS = 2_000
const LAST_WAIT_MS = 60_000

export const createAttempts = (clock: Pick<Clock, 'now'>): Attempts => {
  let failures = 0
  let notBefore = 0
  return {
    wait: () => Math.max(0, notBefore - clock.now()),
    failed: () => {
      failures += 1
      if (failures < FREE) return
      notBefore = clock.now() + Math.min(FIRST_WAIT_MS * 2 ** (failures - FREE), LAST_WAIT_MS)
    },
  }
}
