/** Runs something as soon as what was drawn last is on the screen. A page that nobody sees paints nothing: it runs at once. */
export const afterPaint = (page: Window, work: () => void): void => {
  if (page.document.visibilityState === 'hidden') {
    work()
    return
  }
  let isDone = false
  const once = () => {
    if (isDone) return
    isDone = true
    work()
  }
  // A frame's callbacks run before it is painted.
  page.requestAnimationFrame(() => page.setTimeout(once))
  // Hidden meanwhile, it gets no frame.
  page.setTimeout(once, 100)
}
