import type { EditOutcome, TextUpdate } from '../../protocol/notes.ts'
import { fail, type Result } from '../../protocol/result.ts'
import type { ViewMessage } from '../../protocol/view-messages.ts'
import type { Clock } from '../platform/clock.ts'
import { INTERNAL } from './internal.ts'
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

/** How long a claim has to hold before it is told: longer than the pause between two keys. */
const SETTLE_MS = 500

/** How long a tab that nobody sees is left to itself while another one is looked at. */
const UNSEEN_MS = 1_000

const NO_TEXT = fail('no-text', 'This cannot be typed in. Reload the page.')

export const createSharedView = (view: AnyView, epoch: string, clock: Clock): SharedView => {
  const seats = new Set<Seat>()
  let cancel: (() => void) | null = null
  let cancelLater: (() => void) | null = null
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

  const later = (): void => {
    cancelLater ??= clock.after(UNSEEN_MS, () => {
      cancelLater = null
      if (!closed) for (const seat of [...seats]) advance(seat, false)
    })
  }

  /** What is better than what was told, and has to hold first. */
  let settling: { readonly state: unknown; readonly cancel: () => void } | null = null

  const onceSettled = (state: unknown): void => {
    if (settling) return
    const cancel = clock.after(SETTLE_MS, () => {
      settling = null
      if (!closed) for (const seat of [...seats]) catchUp(seat)
    })
    settling = { state, cancel }
  }

  const advance = (seat: Seat, canWait = seat.canWait()): void => {
    const state = view.state()
    if (seat.waiting || isTold(seat, state)) return
    if (view.improves?.(seat.told, state)) onceSettled(state)
    else if (canWait) later()
    else tell(seat)
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

  const didNotHold = (): void => {
    if (!settling || settling.state === view.state()) return
    settling.cancel()
    settling = null
  }

  const stop = view.onChange(() => {
    didNotHold()
    if (view.overclaims) correctSoon()
    if (view.gather === 0) advanceAll()
    else cancel ??= clock.after(view.gather, advanceAll)
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
        leave: () => seats.delete(seat),
      }
    },
    watchers: () => seats.size,
    close: () => {
      closed = true
      cancel?.()
      cancelLater?.()
      settling?.cancel()
      stop()
      view.close()
    },
  }
}
