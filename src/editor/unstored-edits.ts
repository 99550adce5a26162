/** Something that may hold edits which are not on the disk yet. */
export interface EditHolder {
  readonly note: string
  allStored(): boolean
}

/** All edits of this tab that are not on the disk yet. */
export interface UnstoredEdits {
  add(holder: EditHolder): void
  remove(holder: EditHolder): void
  /** A holder says that its answer may have changed. */
  changed(): void
  allStored(): boolean
  /** Resolves as soon as everything typed in this tab was read back from the disk. */
  whenAllStored(): Promise<void>
  onChange(listener: () => void): () => void
}

export const createUnstoredEdits = (): UnstoredEdits => {
  const holders = new Set<EditHolder>()
  const listeners = new Set<() => void>()
  let were = true
  const allStored = () => [...holders].every(holder => holder.allStored())
  const changed = () => {
    const are = allStored()
    if (are === were) return
    were = are
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
