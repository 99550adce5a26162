import type { Clock } from '../platform/clock.ts'

/** How long a claim has to hold before it is told: longer than the pause between two keys. */
const SETTLE_MS = 500

/** A state that is better than what was told, and has to hold first. */
export interface Settling {
  /** Begins to wait, unless it waits already. */
  begin(state: unknown): void
  /** Ends the waiting where the state is another one by now. */
  check(state: () => unknown): void
  close(): void
}

export const createSettling = (clock: Clock, settled: () => void): Settling => {
  let waiting: { readonly state: unknown; readonly cancel: () => void } | null = null
  const end = (): void => {
    waiting?.cancel()
    waiting = null
  }
  return {
    begin: state => {
      waiting ??= {
        state,
        cancel: clock.after(SETTLE_MS, () => {
          waiting = null
          settled()
        }),
      }
    },
    check: state => {
      if (waiting && waiting.state !== state()) end()
    },
    close: end,
  }
}
