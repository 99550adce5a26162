import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Failure, Result } from '../../protocol/result.ts'

/** Something that an element has asked for and waits for, one at a time. */
export class Task implements ReactiveController {
  busy = false
  failure: Failure | null = null
  readonly #host: ReactiveControllerHost

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostConnected(): void {}

  /** The value, or null where it failed (`failure` says why) or something is under way already. */
  async run<T>(ask: () => Promise<Result<T>>): Promise<{ readonly value: T } | null> {
    if (this.busy) return null
    this.busy = true
    this.failure = null
    this.#host.requestUpdate()
    const result = await ask()
    this.busy = false
    this.failure = result.ok ? null : result.error
    this.#host.requestUpdate()
    return result.ok ? { value: result.value } : null
  }

  forget(): void {
    this.failure = null
    this.#host.requestUpdate()
  }
}
