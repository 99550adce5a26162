import type { NotesValue } from '../../protocol/notes.ts'
import type { Failure } from '../../protocol/result.ts'
import type { TabMessage, ViewMessage } from '../../protocol/view-messages.ts'
import type { ViewName, ViewRequest, Views } from '../../protocol/views.ts'

export type RequestFor<V extends ViewName> = Extract<ViewRequest, { readonly view: V }>

export interface ViewListener<V extends ViewName> {
  /** The whole value: at the start, after a gap, and from each new worker (`epoch`). */
  snapshot(at: { readonly epoch: string; readonly version: number }, value: Views[V]['value']): void
  /** What changed since. False: it could not be applied, send a snapshot. */
  delta(span: { readonly from: number; readonly to: number }, changes: Views[V]['changes']): boolean
  unavailable(failure: Failure): void
  /** What it was when it was stored last: good enough to show until the first snapshot. */
  before?(value: Views[V]['value']): void
  /** The worker is gone. A snapshot from the next one follows; until then nothing that was said holds. */
  lost?(): void
}

export interface Watch {
  /** Asks for a snapshot; deltas are dropped until it comes. */
  reset(): void
  /** The same view by a name that stays true: from the next worker on it is asked for by this one. */
  rename(request: ViewRequest): void
  stop(): void
}

export interface ViewFeed {
  watch<V extends ViewName>(request: RequestFor<V>, listener: ViewListener<V>): Watch
}

interface Subscription {
  request: ViewRequest
  readonly listener: ViewListener<ViewName>
  at: { readonly epoch: string; readonly version: number } | null
}

const showsFirstRows = (request: ViewRequest): boolean =>
  request.view === 'notes' && request.place === 'notes' && request.filter === ''

/**
 * Keeps what the page watches, through any number of workers. `attach` starts everything again on a new port and
 * returns what takes the port's messages.
 */
export const createViewFeed = () => {
  const subscriptions = new Map<number, Subscription>()
  let send: (message: TabMessage) => void = () => {}
  let next = 1
  /** The list as it was when it was stored last, until there is a worker to tell how it is. */
  let firstList: NotesValue | null = null

  const showFirstList = ({ request, listener, at }: Subscription) => {
    if (firstList && !at && showsFirstRows(request)) listener.before?.(firstList as never)
  }

  const reset = (watch: number, subscription: Subscription) => {
    subscription.at = null
    send({ type: 'reset', watch })
  }

  const receive = (message: ViewMessage): void => {
    const { watch } = message
    const subscription = subscriptions.get(watch)
    if (!subscription) return
    const { listener, at } = subscription
    switch (message.type) {
      case 'snapshot':
        subscription.at = { epoch: message.epoch, version: message.version }
        listener.snapshot(subscription.at, message.value as never)
        send({ type: 'received', watch })
        return
      case 'delta': {
        if (!at) return
        const follows = message.epoch === at.epoch && message.from === at.version
        subscription.at = { epoch: at.epoch, version: message.to }
        if (follows && listener.delta(message, message.changes as never)) send({ type: 'received', watch })
        else reset(watch, subscription)
        return
      }
      case 'unavailable':
        subscription.at = null
        listener.unavailable(message)
    }
  }

  return {
    watch<V extends ViewName>(request: RequestFor<V>, listener: ViewListener<V>): Watch {
      const watch = next++
      const subscription: Subscription = { request, listener: listener as ViewListener<ViewName>, at: null }
      subscriptions.set(watch, subscription)
      send({ type: 'watch', watch, request })
      showFirstList(subscription)
      return {
        reset: () => reset(watch, subscription),
        rename: to => {
          subscription.request = to
        },
        stop: () => {
          if (subscriptions.delete(watch)) send({ type: 'unwatch', watch })
        },
      }
    },
    before(list: NotesValue): void {
      firstList = list
      for (const subscription of subscriptions.values()) showFirstList(subscription)
    },
    attach(to: (message: TabMessage) => void): (message: ViewMessage) => void {
      firstList = null
      send = to
      for (const [watch, subscription] of subscriptions) {
        subscription.at = null
        send({ type: 'watch', watch, request: subscription.request })
      }
      return message => {
        if (send === to) receive(message)
      }
    },
    detach(): void {
      send = () => {}
      for (const subscription of subscriptions.values()) {
        subscription.at = null
        subscription.listener.lost?.()
      }
    },
  }
}
