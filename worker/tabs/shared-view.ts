import type { EditOutcome, TextUpdate } from '../../protocol/notes.ts'
import { fail, type Result } from '../../protocol/result.ts'
import type { ViewMessage } from '../../protocol/view-messages.ts'
import type { Clock } from '../platform/clock.ts'
import { INTERNAL } from './internal.ts'
import { createSettling } from './settling.ts'
import { createUnseen } from './unseen.ts'
import type { AnyView } from './view.ts'

/** What a watch of one tab is sent, apart from the watch's number. */
type Push = ViewMessage extends infer M ? (M extends unknown ? Omit<M, 'watch'> : never) : never

/** One tab's interest in a view. */
export interface Watcher {
  /** The tab is ready for the next delta. */
  received(): void
  /** The tab asks to begin anew. */
  reset(): void
  /** What the tab typed, on this version. Whoever else watches hears of it before the tab is answered. */
  edit(version: number, updates: readonly TextUpdate[]): void
  /** Tells what was left for later, because nobody saw the tab. */
  catchUp(): void
  leave(): void
}

/** A view that is computed once for all who watch it. */
export interface SharedView {
  /** `canWait`: nobody sees this tab now, and others have to be quick. */
  watch(send: (push: Push) => void, canWait?: () => boolean): Watcher
  watchers(): number
  close(): void
}

interface Seat {
  readonly send: (push: Push) => void
  readonly canWait: () => boolean
  /** What the tab was told last. */
  told: unknown
  /** A delta is under way. */
  waiting: boolean
}

const NO_TEXT = fail('no-text', 'This cannot be typed in. Reload the page.')

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

  const isTold = ({ told }: Seat, state: unknown): boolean =>
    told === state || (view.same?.(told, state) ?? false)

  const tell = (seat: Seat): void => {
    const state = view.state()
    if (isTold(seat, state)) return
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

  const catchUp = (seat: Seat): void => {
    if (!seat.waiting) tell(seat)
  }

  /** `settled`: whether what is true has held for a while. */
  const advance = (seat: Seat, settled = false): void => {
    const state = view.state()
    if (seat.waiting || isTold(seat, state)) return
    if (!settled && view.improves?.(seat.told, state)) settling.begin(state)
    else if (seat.canWait()) unseen.add(seat)
    else tell(seat)
  }

  const advanceAll = (settled: boolean): void => {
    for (const seat of [...seats]) advance(seat, settled)
  }

  const settling = createSettling(clock, () => advanceAll(true))
  const unseen = createUnseen(clock, () => seats.size, catchUp)

  const tellGathered = (): void => {
    cancel = null
    advanceAll(false)
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
    settling.check(view.state)
    if (view.overclaims) correctSoon()
    if (view.gather === 0) advanceAll(false)
    else cancel ??= clock.after(view.gather, tellGathered)
  })

  const change = (version: number, updates: readonly TextUpdate[]): Result<EditOutcome> => {
    try {
      return view.edit?.(version, updates) ?? NO_TEXT
    } catch (error) {
      console.error('An edit failed.', error)
      return INTERNAL
    }
  }

  return {
    watch: (send, canWait = () => false) => {
      const seat: Seat = { send, canWait, told: null, waiting: false }
      seats.add(seat)
      snapshot(seat)
      return {
        received: () => {
          seat.waiting = false
          advance(seat)
        },
        reset: () => snapshot(seat),
        edit: (version, updates) => {
          // Whoever typed it sees it already.
          const { waiting } = seat
          seat.waiting = true
          const result = change(version, updates)
          seat.waiting = waiting
          send({ type: 'edited', result })
          catchUp(seat)
        },
        catchUp: () => catchUp(seat),
        leave: () => {
          seats.delete(seat)
          unseen.remove(seat)
        },
      }
    },
    watchers: () => seats.size,
    close: () => {
      closed = true
      cancel?.()
      unseen.close()
      settling.close()
      stop()
      view.close()
    },
  }
}
