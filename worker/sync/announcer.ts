import { createListeners } from '../listeners.ts'
import type { Clock } from '../platform/clock.ts'

/** Tells listeners that something changed. */
export interface Announcer {
  announce(): void
  onChange(listener: () => void): () => void
}

interface Deps {
  readonly clock: Pick<Clock, 'after'>
  /** Right before the listeners. */
  readonly before: () => void
}

/** Thousands of documents may be compared in a row; whoever shows it is told a few times a second. */
const PAUSE_MS = 50

export const createAnnouncer = ({ clock, before }: Deps): Announcer => {
  const listeners = createListeners()
  let announced = false
  return {
    announce: () => {
      if (announced) return
      announced = true
      clock.after(PAUSE_MS, () => {
        announced = false
        before()
        listeners.tell()
      })
    },
    onChange: listeners.add,
  }
}
