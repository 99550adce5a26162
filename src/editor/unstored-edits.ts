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
  pending(): Pending
  /** Resolves as soon as everything typed in this tab was read back from the disk. */
  whenAllStored(): Promise<void>
  onChange(listener: () => void): () => void
}

export const createUnstoredEdits = (): UnstoredEdits => {
  const holders = new Set<EditHolder>()
  const listeners = new Set<() => void>()
  let was: Pending = 'none'
  const allStored = () => [...holders].every(holder => holder.allStored())
  const pending = (): Pending => {
    const rest = [...holders].filter(holder => !holder.allStored())
    if (rest.length === 0) return 'none'
    return rest.every(holder => holder.isRefused?.()) ? 'refused' : 'storing'
  }
  const changed = () => {
    const now = pending()
    if (now === was) return
    was = now
    for (const listener of listeners) listener()
  }
  const onChange = (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
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
    pending,
    whenAllStored: () =>
      new Promise(resolve => {
        if (allStored()) return resolve()
        const stop = onChange(() => {
          if (!allStored()) return
          stop()
          resolve()
        })
      }),
    onChange,
  }
}
