declare global {
  interface Window {
    /** When each key of the run was pressed and seen here, in milliseconds of the clock that all pages share. */
    keys: KeysSeen | undefined
  }
}

export interface KeysSeen {
  readonly pressed: number[]
  /** When it was in the document of the page. */
  readonly written: number[]
  /** When the next frame began, which draws it. */
  readonly shown: number[]
}

/**
 * From now on, notes when each key is pressed, written and shown here. The keys counted are those behind `mark`, which
 * is typed first, in its line. Runs in the page.
 */
export const watchKeys = (mark: string): void => {
  const seen: KeysSeen = { pressed: [], written: [], shown: [] }
  window.keys = seen
  const content = window.findDeep('.cm-content')
  if (!content) throw new Error('No note is open.')
  const now = (): number => performance.timeOrigin + performance.now()
  let begun = false

  const count = (): number => {
    for (const line of content.children) {
      const text = line.textContent ?? ''
      const at = text.lastIndexOf(mark)
      if (at >= 0) return /^[a-z]*/.exec(text.slice(at + mark.length))![0].length
    }
    return 0
  }
  content.addEventListener(
    'keydown',
    event => {
      const { key, timeStamp } = event as KeyboardEvent
      if (begun && /^[a-z]$/.test(key)) seen.pressed.push(performance.timeOrigin + timeStamp)
      begun ||= key === mark.at(-1)
    },
    { capture: true },
  )
  new MutationObserver(() => {
    const keys = count()
    const at = now()
    while (seen.written.length < keys) seen.written.push(at)
    requestAnimationFrame(() => {
      const drawnAt = now()
      while (seen.shown.length < keys) seen.shown.push(drawnAt)
    })
  }).observe(content, { characterData: true, childList: true, subtree: true })
}
