/** Time as the relay sees it: simulated in tests. All values are milliseconds. */
export interface Clock {
  now(): number
  /** Runs `action` once after `delay`; the returned function cancels it. */
  after(delay: number, action: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delay, action) => {
    const timer = setTimeout(action, delay)
    return () => clearTimeout(timer)
  },
}
