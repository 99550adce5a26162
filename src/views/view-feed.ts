import type { EditOutcome, NotesValue, TextUpdate } from '../../protocol/notes.ts'
import { type Failure, fail, type Result } from '../../protocol/result.ts'
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
  /**
   * Of a note's view: hands over what was typed on this version of its text. Fails as `connection-lost` where this life
   * of the worker ends before the answer: a version means nothing to the next one.
   */
  edit(version: number, updates: readonly TextUpdate[]): Promise<Result<EditOutcome>>
  /** The same view by a name that stays true: from the next worker on it is asked for by this one. */
  rename(request: ViewRequest): void
  stop(): void
}

export interface ViewFeed {
  watch<V extends ViewName>(request: RequestFor<V>, listener: ViewListener<V>): Watch
}

/** A view that was asked for before anybody watches it. */
interface Expected {
  readonly watch: number
  readonly request: ViewRequest
  snapshot: ViewMessage | null
}

interface Subscription {
  request: ViewRequest
  readonly listener: ViewListener<ViewName>
  at: { readonly epoch: string; readonly version: number } | null
  /** Those who wait to hear of their edits, in order. */
  readonly waiting: ((result: Result<EditOutcome>) => void)[]
}

const LOST = fail('connection-lost', 'The part of the app that keeps your notes was started again.')

const same = (a: ViewRequest, b: ViewRequest): boolean => JSON.stringify(a) === JSON.stringify(b)

const showsFirstRows = (request: ViewRequest): boolean =>
  request.view === 'notes' && request.place === 'notes' && request.filter === ''

/**
 * Keeps what the page watches, through any number of workers. `attach` asks for everything again on a new port, whose worker
 * need not have answered yet, and returns what takes the port's messages.
 */
export const createViewFeed = () => {
  const subscriptions = new Map<number, Subscription>()
  const nowhere = () => {}
  let send: (message: TabMessage) => void = nowhere
  let isSeen = true
  let next = 1
  const heard = Promise.withResolvers<void>()
  /** The list as it was when it was stored last, until there is a worker to tell how it is. */
  let firstList: NotesValue | null = null

  const showFirstList = ({ request, listener, at }: Subscription) => {
    if (firstList && !at && showsFirstRows(request)) listener.before?.(firstList as never)
  }

  let expected: Expected | null = null

  /** Keeps the first value for whoever will watch it. A later one they ask for themselves. */
  const hold = (ahead: Expected, message: ViewMessage) => {
    heard.resolve()
    if (message.type === 'snapshot' && !ahead.snapshot) ahead.snapshot = message
    else {
      expected = null
      send({ type: 'unwatch', watch: ahead.watch })
    }
  }

  const reset = (watch: number, subscription: Subscription) => {
    subscription.at = null
    send({ type: 'reset', watch })
  }

  const receive = (message: ViewMessage): void => {
    firstList = null
    const { watch } = message
    if (expected?.watch === watch) {
      hold(expected, message)
      return
    }
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
      case 'edited':
        subscription.waiting.shift()?.(message.result)
        return
      case 'unavailable':
        subscription.at = null
        listener.unavailable(message)
    }
  }

  return {
    watch<V extends ViewName>(request: RequestFor<V>, listener: ViewListener<V>): Watch {
      const ahead = expected && same(expected.request, request) ? expected : null
      if (ahead) expected = null
      const watch = ahead?.watch ?? next++
      const subscription: Subscription = {
        request,
        listener: listener as ViewListener<ViewName>,
        at: null,
        waiting: [],
      }
      subscriptions.set(watch, subscription)
      if (!ahead) send({ type: 'watch', watch, request })
      if (ahead?.snapshot) receive(ahead.snapshot)
      else showFirstList(subscription)
      return {
        reset: () => reset(watch, subscription),
        edit: (version, updates) => {
          if (send === nowhere) return Promise.resolve(LOST)
          // Before anything else: somebody waits for it in another tab.
          send({ type: 'edit', watch, version, updates })
          return new Promise(settle => subscription.waiting.push(settle))
        },
        rename: to => {
          subscription.request = to
        },
        stop: () => {
          if (subscriptions.delete(watch)) send({ type: 'unwatch', watch })
        },
      }
    },
    /**
     * Asks for a view that somebody will soon watch, before all others: while the page's code is still loaded, the worker
     * can already answer. Once, before `attach`. Resolves when there is something to show: an answer, or the list of before.
     */
    expect(request: ViewRequest): Promise<void> {
      expected = { watch: next++, request, snapshot: null }
      return heard.promise
    },
    /** Whether anybody can see the page. */
    seen(is: boolean): void {
      if (is === isSeen) return
      isSeen = is
      send({ type: 'seen', seen: isSeen })
    },
    before(list: NotesValue): void {
      firstList = list
      heard.resolve()
      for (const subscription of subscriptions.values()) showFirstList(subscription)
    },
    attach(to: (message: TabMessage) => void): (message: ViewMessage) => void {
      send = to
      if (!isSeen) send({ type: 'seen', seen: false })
      if (expected) send({ type: 'watch', watch: expected.watch, request: expected.request })
      for (const [watch, subscription] of subscriptions) {
        subscription.at = null
        send({ type: 'watch', watch, request: subscription.request })
      }
      return message => {
        if (send === to) receive(message)
      }
    },
    /** Takes back what was asked for, should the worker still come to read it. */
    detach(): void {
      if (expected) {
        send({ type: 'unwatch', watch: expected.watch })
        expected.snapshot = null
      }
      for (const watch of subscriptions.keys()) send({ type: 'unwatch', watch })
      send = nowhere
      for (const subscription of subscriptions.values()) {
        subscription.at = null
        for (const settle of subscription.waiting.splice(0)) settle(LOST)
        subscription.listener.lost?.()
      }
    },
  }
}
