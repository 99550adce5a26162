/** Runs something that nobody waits for, as soon as the page has nothing else to do, and after a second in any case. */
export const whenIdle = (page: Window & typeof globalThis, work: () => void): void => {
  if ('requestIdleCallback' in page) page.requestIdleCallback(work, { timeout: 1_000 })
  else setTimeout(work, 200) // Safari has no such callback
}
