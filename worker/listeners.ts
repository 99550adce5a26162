/** Whoever wants to hear of something. */
export interface Listeners<What extends readonly unknown[] = []> {
  /** Returns how to stop hearing of it. */
  add(listener: (...what: What) => void): () => void
  /** Tells all who were there when it began: one may add or stop others. */
  tell(...what: What): void
  /** Nobody is told any more. */
  clear(): void
}

export const createListeners = <What extends readonly unknown[] = []>(): Listeners<What> => {
  const listeners = new Set<(...what: What) => void>()
  return {
    add: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    tell: (...what) => {
      for (const listener of [...listeners]) listener(...what)
    },
    clear: () => listeners.clear(),
  }
}
