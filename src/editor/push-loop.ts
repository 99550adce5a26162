import { getSyncedVersion, sendableUpdates, type Update } from '@codemirror/collab'
import type { EditorState } from '@codemirror/state'
import type { Failure } from '../../protocol/result.ts'
import type { Watch } from '../views/view-feed.ts'

interface PushDeps {
  readonly edit: Watch['edit']
  state(): EditorState
  /** How many of this editor's steps are in the text of the version that the state is synced to. */
  counted(): number
  /** False while a snapshot is awaited: what the tab knows of the text is out of date. */
  ready(): boolean
  /** What goes up does not follow what the worker has of this editor: only a snapshot tells what that is. */
  onOutOfStep(): void
  onSettled(): void
  onProblem(problem: Failure | null): void
}

/** A great backlog goes up in parts, so that none is too large for one message. */
const MOST_UPDATES = 500
/** How long to wait before asking again where the worker refused. */
const AGAIN_MS = 2_000

/**
 * Sends what is typed to the worker, one push at a time. A push on a stale version is refused; then the deltas rebase
 * what is left and it goes up again.
 */
export const createPushLoop = (deps: PushDeps) => {
  const { edit, state, counted, ready, onOutOfStep, onSettled, onProblem } = deps
  let pushing = false
  let stopped = false
  let scheduled = false
  /** Up to which version our own edits were accepted; they come back as deltas. */
  let acceptedTo = 0
  /** The same, if the push under way is accepted too. */
  let sentTo = 0
  /** Counts how often the text was set up anew: what is answered to an earlier one no longer counts. */
  let life = 0
  let again: ReturnType<typeof setTimeout> | undefined

  /** `before`: how many updates that are not confirmed go before these. */
  const send = (version: number, before: number, updates: readonly Update[]) => {
    const sent = updates.map(({ clientID, changes }, index) => ({
      clientID,
      count: counted() + before + index + 1,
      changes: changes.toJSON() as unknown,
    }))
    return edit(version + before, sent)
  }

  const push = async (from: EditorState) => {
    const version = getSyncedVersion(from)
    const updates = sendableUpdates(from).slice(0, MOST_UPDATES)
    if (stopped || pushing || !ready() || version < acceptedTo || updates.length === 0) return
    pushing = true
    const its = life
    sentTo = version + updates.length
    const result = await send(version, 0, updates)
    pushing = false
    if (stopped) return
    if (its !== life) {
      schedule()
      return onSettled()
    }
    if (result.ok) {
      if (result.value.accepted) acceptedTo = Math.max(acceptedTo, result.value.version)
      sentTo = acceptedTo
      onProblem(null)
      if (!result.value.accepted && result.value.outOfStep) onOutOfStep()
      // Refused as stale with nothing new here yet: the deltas that are on their way push again.
      if (result.value.accepted || getSyncedVersion(state()) > version) schedule()
    } else {
      sentTo = acceptedTo
      const lost = result.error.code === 'connection-lost' || result.error.code === 'no-answer'
      if (!lost) onProblem(result.error)
      clearTimeout(again)
      again = setTimeout(schedule, AGAIN_MS)
    }
    onSettled()
  }

  const schedule = (): void => {
    if (scheduled || stopped) return
    scheduled = true
    // A task of its own would be throttled in hidden tabs.
    queueMicrotask(() => {
      scheduled = false
      if (!stopped) void push(state())
    })
  }

  return {
    schedule,
    /** Sends what this state has, which the editor is about to show: drawing it takes longer than sending it. */
    push: (from: EditorState): void => void push(from),
    pushing: () => pushing,
    acceptedTo: () => acceptedTo,
    /**
     * The page goes away and hears no answer any more: what waits behind the push under way goes out now, made for the
     * version that there is if that push is accepted. If it is not, this is refused for not following it.
     */
    pushRest(): void {
      if (stopped || !ready()) return
      const version = getSyncedVersion(state())
      const ahead = Math.max(0, sentTo - version)
      const rest = sendableUpdates(state()).slice(ahead, ahead + MOST_UPDATES)
      if (rest.length > 0) void send(version, ahead, rest)
    },
    /** The text was set up anew from a snapshot: nothing is under way. */
    restart(): void {
      life++
      acceptedTo = 0
      sentTo = 0
      clearTimeout(again)
      schedule()
    },
    stop(): void {
      stopped = true
      clearTimeout(again)
    },
  }
}
