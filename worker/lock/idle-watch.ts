import type { Clock } from '../platform/clock.ts'

/** Notices that nobody has touched the app, in any tab, for a time. */
export interface IdleWatch {
  /** Somebody touches it. */
  active(): void
  stop(): void
}

interface Deps {
  readonly clock: Clock
  /** Milliseconds; asked each time, since it can be changed. */
  readonly limit: () => number
  /** Called again and again until the watch is stopped. */
  readonly onIdle: () => void
}

/** A device that sleeps stops its timers: the time that has passed is looked at often, by the clock on the wall. */
const LOOK_MS = 10_000

export const createIdleWatch = ({ clock, limit, onIdle }: Deps): IdleWatch => {
  let last = clock.now()
  let cancel = (): void => undefined

  const isOver = (): boolean => {
    const now = clock.now()
    if (now < last) last = now // the clock was set back
    return now - last >= limit()
  }
  const look = (): void => {
    cancel = clock.after(LOOK_MS, look)
    if (isOver()) onIdle()
  }
  cancel = clock.after(LOOK_MS, look)

  return {
    active: () => {
      // Whoever comes back to a device that slept is not let in before the next look.
      if (isOver()) onIdle()
      else last = clock.now()
    },
    stop: () => cancel(),
  }
}
