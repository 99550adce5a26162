import type { ViewMessage } from '../../protocol/view-messages.ts'
import type { Clock } from '../platform/clock.ts'
import type { AnyView } from './view.ts'

/** What a watch of one tab is sent, apart from the watch's number. */
type Push = ViewMessage extends infer M ? (M extends unknown ? Omit<M, 'watch'> : never) : never

/** One tab's interest in a view. */
export interface Watcher {
  /** The tab is ready for the next delta. */
  received(): void
  /** The tab asks to begin anew. */
  reset(): void
  leave(): void
}

/** A view that is computed once for all who watch it. */
export interface SharedView {
  watch(send: (push: Push) => void): Watcher
  watchers(): number
  close(): void
}

interface Seat {
  readonly send: (push: Push) => void
  /** What the tab was told last. */
  told: unknown
  /** A delta is under way. */
  waiting: boolean
}

export const createSharedView = (view: AnyView, epoch: string, clock: Clock): SharedView => {
  const seats = new Set<Seat>()
  let cancel: (() => void) | null = null
  let closed = false

  const snapshot = (seat: Seat): void => {
    const state = view.state()
    seat.told = state
    seat.waiting = false
    seat.send({ type: 'snapshot', epoch, version: view.version(state), value: view.value() })
  }

  const advance = (seat: Seat): void => {
    if (!seat.waiting) tell(seat)
  }

  const tell = (seat: Seat): void => {
    const state = view.state()
    if (seat.told === state) return
    const step = view.changes(seat.told, state)
    if (step === null) {
      snapshot(seat)
      return
    }
    const from = view.version(seat.told)
    seat.told = state
    seat.waiting = true
    seat.send({ type: 'delta', epoch, from, to: view.version(state), changes: step.changes })
  }

  const advanceAll = (): void => {
    cancel = null
    if (closed) return
    for (const seat of [...seats]) advance(seat)
  }

  /** At the end of the turn: then all who follow what changed have seen it. */
  let correcting = false
  const correctSoon = (): void => {
    if (correcting) return
    correcting = true
    queueMicrotask(() => {
      correcting = false
      if (closed) return
      const now = view.state()
      for (const seat of [...seats]) if (view.overclaims?.(seat.told, now)) tell(seat)
    })
  }

  const stop = view.onChange(() => {
    if (view.overclaims) correctSoon()
    if (cancel) return
    if (view.gather > 0) {
      cancel = clock.after(view.gather, advanceAll)
      return
    }
    cancel = () => undefined
    queueMicrotask(advanceAll)
  })

  return {
    watch: send => {
      const seat: Seat = { send, told: null, waiting: false }
      seats.add(seat)
      snapshot(seat)
      return {
        received: () => {
          seat.waiting = false
          advance(seat)
        },
        reset: () => snapshot(seat),
        leave: () => seats.delete(seat),
      }
    },
    watchers: () => seats.size,
    close: () => {
      closed = true
      cancel?.()
      stop()
      view.close()
    },
  }
}
