import type { Clock } from '../platform/clock.ts'
import type { DeviceStore } from '../storage/device-store.ts'

/**
 * After a few wrong passphrases, each next one has to wait twice as long as the one before. It is kept over the worker's
 * end, or loading the page again would be quicker than waiting.
 */
export interface Attempts {
  /** Milliseconds until the next one is taken. */
  wait(): number
  failed(): Promise<void>
  succeeded(): Promise<void>
}

interface Kept {
  readonly failures: number
  /** Milliseconds since 1970. */
  readonly notBefore: number
}

const FREE = 3
const FIRST_WAIT_MS = 2_000
const LAST_WAIT_MS = 60_000
const KEPT = 'wrong passphrases'
const NONE: Kept = { failures: 0, notBefore: 0 }

const read = (text: string | undefined): Kept => (text === undefined ? NONE : (JSON.parse(text) as Kept))

export const loadAttempts = async (
  clock: Pick<Clock, 'now'>,
  store: Pick<DeviceStore, 'note' | 'setNote'>,
): Promise<Attempts> => {
  let { failures, notBefore } = read(await store.note(KEPT))
  // On a full disk it is counted until the worker ends.
  const keep = (text: string | null): Promise<void> => store.setNote(KEPT, text).catch(() => undefined)

  return {
    // Never longer than it was: the clock may have been set back meanwhile.
    wait: () => Math.min(Math.max(0, notBefore - clock.now()), LAST_WAIT_MS),
    failed: async () => {
      failures += 1
      if (failures >= FREE)
        notBefore = clock.now() + Math.min(FIRST_WAIT_MS * 2 ** (failures - FREE), LAST_WAIT_MS)
      await keep(JSON.stringify({ failures, notBefore } satisfies Kept))
    },
    succeeded: async () => {
      if (failures > 0) await keep(null)
      failures = 0
    },
  }
}
