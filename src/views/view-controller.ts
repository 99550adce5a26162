import { ContextConsumer } from '@lit/context'
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { ViewRequest, Views } from '../../protocol/views.ts'
import { servicesContext } from '../app/services.ts'
import { type PlainView, reducers } from './reducers.ts'
import type { RequestFor, ViewFeed, Watch } from './view-feed.ts'

/** Keeps an element showing a view. While another request loads, the value of the one before stays. */
export class ViewController<V extends PlainView> implements ReactiveController {
  value: Views[V]['value'] | undefined
  /** Why the view cannot be shown. */
  unavailable: string | undefined

  readonly #host: ReactiveControllerHost & HTMLElement
  #feed: ViewFeed | undefined
  #request: RequestFor<V>
  #watch: Watch | undefined

  constructor(host: ReactiveControllerHost & HTMLElement, request: RequestFor<V>) {
    this.#host = host
    this.#request = request
    host.addController(this)
    new ContextConsumer(host, {
      context: servicesContext,
      callback: services => {
        this.#feed = services.feed
        this.#restart()
      },
    })
  }

  get request(): RequestFor<V> {
    return this.#request
  }

  set request(request: RequestFor<V>) {
    if (JSON.stringify(request) === JSON.stringify(this.#request)) return
    this.#request = request
    this.#restart()
  }

  hostConnected(): void {
    this.#restart()
  }

  hostDisconnected(): void {
    this.#stop()
  }

  #stop(): void {
    this.#watch?.stop()
    this.#watch = undefined
  }

  #restart(): void {
    this.#stop()
    if (!this.#feed || !this.#host.isConnected) return
    const request = this.#request
    const reduce = reducers[(request as ViewRequest).view as V]
    this.#watch = this.#feed.watch<V>(request, {
      before: value => this.#show(value),
      snapshot: (_, value) => this.#show(value),
      delta: (_, changes) => {
        // Without a value there was no snapshot, and the feed passes on no delta.
        const value = reduce(this.value as Views[V]['value'], changes)
        if (value !== undefined) this.#show(value)
        return value !== undefined
      },
      unavailable: ({ message }) => {
        this.unavailable = message
        this.#host.requestUpdate()
      },
    })
  }

  #show(value: Views[V]['value']): void {
    this.value = value
    this.unavailable = undefined
    this.#host.requestUpdate()
  }
}
