import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** How long a secret is shown unless the person goes on with it. */
const SHOWN_MS = 30_000

/** Whether a secret is in view: not for long, and not in a tab that nobody looks at. */
export class ShownBriefly implements ReactiveController {
  shown = false
  readonly #host: ReactiveControllerHost
  readonly #onHidden: () => void
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `onHidden` is called whenever it goes out of view. */
  constructor(host: ReactiveControllerHost, onHidden: () => void) {
    this.#host = host
    this.#onHidden = onHidden
    host.addController(this)
  }

  readonly #look = (): void => {
    if (document.visibilityState === 'hidden') this.hide()
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.#look)
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.#look)
    this.hide()
  }

  /** From now on, for the whole time again. */
  show(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.hide(), SHOWN_MS)
    this.shown = true
    this.#host.requestUpdate()
  }

  hide(): void {
    clearTimeout(this.#timer)
    if (!this.shown) return
    this.shown = false
    this.#onHidden()
    this.#host.requestUpdate()
  }
}
