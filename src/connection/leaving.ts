/** Calls `leave` whenever the person leaves or looks away, which may be the last moment that the page has. */
export const onLeaving = (page: Window, leave: (unloading: boolean) => void): void => {
  page.document.addEventListener('visibilitychange', () => {
    if (page.document.visibilityState === 'hidden') leave(false)
  })
  page.addEventListener('blur', () => leave(false))
  page.addEventListener('pagehide', () => leave(true))
}
