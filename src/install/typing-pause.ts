/** Long enough that a person who types has stopped, short enough not to be noticed as waiting. */
const PAUSE_MS = 700
const PATIENCE_MS = 5_000

/** Follows whether somebody types, so that a page is not loaded anew under their fingers. */
export const createTypingPause = (page: Pick<Window, 'addEventListener'>) => {
  let last = Number.NEGATIVE_INFINITY
  const typed = () => {
    last = performance.now()
  }
  for (const event of ['keydown', 'input']) page.addEventListener(event, typed, { capture: true })

  /** Resolves once nobody has typed for a moment; after some seconds in any case. */
  return async (): Promise<void> => {
    const latest = performance.now() + PATIENCE_MS
    for (;;) {
      const now = performance.now()
      const rest = Math.min(last + PAUSE_MS, latest) - now
      if (rest <= 0) return
      await new Promise(resolve => setTimeout(resolve, rest))
    }
  }
}
