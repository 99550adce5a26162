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

const PAUSE_WITH_PEOPLE_MS = 50
const PAUSE_ALONE_MS = 250
const FULL_BYTES = 4096

export const createBatch = ({ clock, people, cut }: Deps): Batch => {
  let updates: Uint8Array[] = []
  let bytes = 0
  let cancel: (() => void) | null = null

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
    cut(others.length === 0 ? first! : Y.mergeUpdates([first!, ...others]))
  }

  return {
    add: update => {
      updates.push(update)
      bytes += update.length
      if (bytes >= FULL_BYTES) flush()
      else cancel ??= clock.after(people() ? PAUSE_WITH_PEOPLE_MS : PAUSE_ALONE_MS, flush)
    },
    size: () => updates.length,
    flush,
    clear,
  }
}
