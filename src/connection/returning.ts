/**
 * Calls `back` when the person looks at the page again, or its network returns: waiting any longer for the next attempt
 * at a relay would be for nothing.
 */
export const onReturning = (page: Window, back: () => void): void => {
  page.document.addEventListener('visibilitychange', () => {
    if (page.document.visibilityState === 'visible') back()
  })
  page.addEventListener('online', back)
}
