import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Has an element shown anew every so many milliseconds, for what it says of the time. */
export class RedrawTimer implements ReactiveController {
  readonly #redraw: () => void
  readonly #every: number
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(host: ReactiveControllerHost, every: number) {
    this.#redraw = () => host.requestUpdate()
    this.#every = every
    host.addController(this)
  }

  hostConnected(): void {
    this.#timer = setInterval(this.#redraw, this.#every)
  }

  hostDisconnected(): void {
    clearInterval(this.#timer)
  }
}
