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
  const listeners = new Set<() => void>()
  let announced = false
  return {
    announce: () => {
      if (announced) return
      announced = true
      clock.after(PAUSE_MS, () => {
        announced = false
        before()
        for (const listener of [...listeners]) listener()
      })
    },
    onChange: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
