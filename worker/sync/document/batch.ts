import * as Y from 'yjs'
import type { Clock } from '../../platform/clock.ts'

/** Edits that wait to be sealed together. */
export interface Batch {
  add(update: Uint8Array): void
  size(): number
  flush(): void
  clear(): void
}

interface Deps {
  readonly clock: Clock
  /** Whether other people look at the document, and wait for what is typed. */
  readonly people: () => boolean
  readonly cut: (update: Uint8Array) => void
}

/** With people the first change goes at once, and what follows within this time goes together at its end. */
const PAUSE_WITH_PEOPLE_MS = 50
/** Alone nobody waits for it: all that comes in this time goes together, so that fewer envelopes come of it. */
const PAUSE_ALONE_MS = 250
const FULL_BYTES = 4096

export const createBatch = ({ clock, people, cut }: Deps): Batch => {
  let updates: Uint8Array[] = []
  let bytes = 0
  let cancel: (() => void) | null = null
  /** It goes at the end of this turn. */
  let leaving = false
  /** When what waits is cut, and when something was cut last. */
  let due = 0
  let cutAt = Number.NEGATIVE_INFINITY

  const clear = (): void => {
    cancel?.()
    cancel = null
    updates = []
    bytes = 0
  }
  const flush = (): void => {
    if (updates.length === 0) return
    const [first, ...others] = updates
    clear()
    cutAt = clock.now()
    cut(others.length === 0 ? first! : Y.mergeUpdates([first!, ...others]))
  }

  /** How long what is added may wait. A clock that was set back makes it wait no longer than ever. */
  const pause = (): number => {
    if (!people()) return PAUSE_ALONE_MS
    const since = Math.max(clock.now() - cutAt, 0)
    return Math.max(PAUSE_WITH_PEOPLE_MS - since, 0)
  }

  /** Not before whoever made the change is done with it: several may belong together. */
  const flushAfterTurn = (): void => {
    if (leaving) return
    leaving = true
    queueMicrotask(() => {
      leaving = false
      flush()
    })
  }

  return {
    add: update => {
      updates.push(update)
      bytes += update.length
      const wait = pause()
      if (bytes >= FULL_BYTES) return flush()
      if (wait === 0) return flushAfterTurn()
      const at = clock.now() + wait
      if (cancel !== null && due <= at) return
      cancel?.()
      due = at
      cancel = clock.after(wait, flush)
    },
    size: () => updates.length,
    flush,
    clear,
  }
}
