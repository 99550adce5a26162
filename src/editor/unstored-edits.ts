/** Something that may hold edits which are not on the disk yet. */
export interface EditHolder {
  readonly note: string
  allStored(): boolean
  /** Nobody takes them: whoever typed them may only read by now. */
  isRefused?(): boolean
}

/** What is to be said of edits that are not on the disk: they are on their way, or nobody takes them. */
export type Pending = 'none' | 'storing' | 'refused'

/** All edits of this tab that are not on the disk yet. */
export interface UnstoredEdits {
  add(holder: EditHolder): void
  remove(holder: EditHolder): void
  /** A holder says that its answer may have changed. */
  changed(): void
  allStored(): boolean
  /** That nothing is pending is said once it has held for a while: else it would come and go with each key. */
  pending(): Pending
  /** Resolves as soon as everything typed in this tab was read back from the disk. */
  whenAllStored(): Promise<void>
  onChange(listener: () => void): () => void
}

/** Longer than the pause between two keys. */
const SETTLE_MS = 500

export const createUnstoredEdits = (): UnstoredEdits => {
  const holders = new Set<EditHolder>()
  const listeners = new Set<() => void>()
  const waiting = new Set<() => void>()
  let told: Pending = 'none'
  let settling: ReturnType<typeof setTimeout> | undefined
  const allStored = () => [...holders].every(holder => holder.allStored())
  const pending = (): Pending => {
    const rest = [...holders].filter(holder => !holder.allStored())
    if (rest.length === 0) return 'none'
    return rest.every(holder => holder.isRefused?.()) ? 'refused' : 'storing'
  }
  const tell = (now: Pending) => {
    if (now === told) return
    told = now
    for (const listener of listeners) listener()
  }
  const changed = () => {
    clearTimeout(settling)
    const now = pending()
    if (now !== 'none') {
      tell(now)
      return
    }
    settling = setTimeout(tell, SETTLE_MS, now)
    for (const resolve of [...waiting]) resolve()
  }
  return {
    add(holder) {
      holders.add(holder)
      changed()
    },
    remove(holder) {
      holders.delete(holder)
      changed()
    },
    changed,
    allStored,
    pending: () => told,
    whenAllStored: async () => {
      if (allStored()) return
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.add(resolve)
      await promise
      waiting.delete(resolve)
    },
    onChange: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
