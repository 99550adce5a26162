/** The worker is told at most so often. */
const PAUSE_MS = 5_000
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const

interface Deps {
  readonly page: Pick<Window, 'addEventListener'>
  readonly now: () => number
  /** Whether anybody wants to know. */
  readonly matters: () => boolean
  readonly tell: () => void
}

/** Tells that somebody touches this page. */
export const watchActivity = ({ page, now, matters, tell }: Deps): void => {
  let told = -Infinity
  const touched = (): void => {
    if (!matters() || now() - told < PAUSE_MS) return
    told = now()
    tell()
  }
  for (const touch of TOUCHES) page.addEventListener(touch, touched, { capture: true, passive: true })
}
