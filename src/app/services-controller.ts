import { ContextConsumer } from '@lit/context'
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { type Services, servicesContext } from './services.ts'

type Stop = () => void

/** Gives an element the services, and has it shown anew whenever one of those that it follows has changed. */
export class ServicesController implements ReactiveController {
  readonly #consumer: { readonly value?: Services | undefined }
  #stops: readonly Stop[] = []

  constructor(
    host: ReactiveControllerHost & HTMLElement,
    follow: (services: Services, update: () => void) => readonly Stop[] = () => [],
  ) {
    host.addController(this)
    // Called at each connection of the element to a page.
    this.#consumer = new ContextConsumer(host, {
      context: servicesContext,
      callback: services => {
        this.hostDisconnected()
        this.#stops = follow(services, () => host.requestUpdate())
      },
    })
  }

  /** Undefined before the element is in the page. */
  get value(): Services | undefined {
    return this.#consumer.value
  }

  hostDisconnected(): void {
    for (const stop of this.#stops) stop()
    this.#stops = []
  }
}
