import * as Y from 'yjs'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'
import {
  contentOf,
  contentWithout,
  isEmptyContent,
  joined,
  NO_CONTENT,
  type UpdateContent,
} from './update-content.ts'

/**
 * What came into a document by way of another relay, and that this relay's log has not brought: SYNC-10. Whoever wrote
 * it sent it here too, as a rule, so it is given a few seconds; then this device sends it.
 */
export interface Foreign {
  /** The document took this in from another relay. */
  came(update: Uint8Array): void
  /**
   * This relay's log brought these updates. `taken` is what the document took in with them, where something in it
   * waited for them: that may be content of another relay, which this one may lack.
   */
  brought(updates: readonly Uint8Array[], taken: Uint8Array | null): void
  /** What was not here when the relay had last all, taken as it connects. Whose it is cannot be told any more. */
  taken(update: Uint8Array, lacking: UpdateContent): void
  /** Whether the relay, connected as it is, has not brought something that it may still bring in time. */
  late(): boolean
  /** The log was read to its end. */
  live(): void
  /** The log has this, or is sent it now: all that waits here for content that has not come. */
  audited(waiting: UpdateContent): void
  /** Whether this relay may lack something of it. */
  pending(): boolean
  /** All that is here is compared with the log, or taken anew with the next connection. */
  reset(): void
}

interface Deps {
  readonly clock: Pick<Clock, 'after'>
  readonly random: Random
  /** Whether something in the document waits for content that has not come. */
  readonly isPending: () => boolean
  /** Whether the log is followed; what is not there yet may come with the rest of it. */
  readonly isLive: () => boolean
  /** Whether another relay has all that is here: then nobody waits for this one. */
  readonly isElsewhere: () => boolean
  /** Whether the relay was connected already when what is taken now came by another one. */
  readonly wasLate: () => boolean
  /** The relay is connected and has not brought so many changes in time. */
  readonly onLacked: (changes: number) => void
  /** Sends an update as this device's own; the callback is called when the relay has confirmed it. */
  readonly send: (update: Uint8Array, confirmed: () => void) => void
  readonly onChange: () => void
}

interface Part {
  readonly update: Uint8Array
  /** What of it this relay has not shown to have. */
  readonly lacking: UpdateContent
  /** It is on its way there. */
  readonly sent: boolean
  /** It came while this relay was followed, which could have brought it. */
  readonly isFresh: boolean
}

/** Not all devices at once: what the first of them sends comes to the others by this relay's log. */
const AT_LEAST_MS = 4_000
const SPREAD_MS = 4_000

export const createForeign = (deps: Deps): Foreign => {
  let parts: readonly Part[] = []
  /** What this relay's log brought before what it builds on: it is taken in when another relay brings that. */
  let early = NO_CONTENT
  let cancel: (() => void) | null = null

  const schedule = (): void => {
    if (cancel !== null || parts.every(({ sent }) => sent)) return
    const wait = AT_LEAST_MS + (SPREAD_MS * deps.random(1)[0]!) / 256
    cancel = deps.clock.after(wait, () => {
      cancel = null
      const late = parts.filter(({ sent, isFresh }) => isFresh && !sent).length
      if (!deps.isLive()) return schedule()
      send()
      if (late > 0) deps.onLacked(late)
    })
  }

  const send = (): void => {
    const updates = parts.filter(({ sent }) => !sent).map(({ update }) => update)
    if (updates.length === 0) return
    parts = parts.map(part => ({ ...part, sent: true }))
    const going = new Set(updates)
    deps.send(Y.mergeUpdates(updates), () => {
      parts = parts.filter(({ update }) => !going.has(update))
      deps.onChange()
    })
  }

  const add = (update: Uint8Array, lacking: UpdateContent, isFresh: boolean): void => {
    if (isEmptyContent(lacking)) return
    parts = [...parts, { update, lacking, sent: false, isFresh }]
    schedule()
    deps.onChange()
  }

  return {
    came: update => {
      add(update, contentWithout(contentOf(update), early), true)
      if (!deps.isPending()) early = NO_CONTENT
    },
    taken: (update, lacking) => add(update, lacking, deps.wasLate()),
    late: () => parts.some(({ isFresh }) => isFresh),
    live: () => {
      if (!deps.isElsewhere()) send()
    },
    brought: (updates, taken) => {
      const isPending = deps.isPending()
      if (parts.length === 0 && taken === null && !isPending) return
      const there = joined(...updates.map(contentOf))
      parts = parts
        .map(part => ({ ...part, lacking: contentWithout(part.lacking, there) }))
        .filter(({ lacking }) => !isEmptyContent(lacking))
      const known = joined(early, there)
      if (taken !== null) add(taken, contentWithout(contentOf(taken), known), false)
      early = isPending ? known : NO_CONTENT
    },
    audited: waiting => {
      early = waiting
    },
    pending: () => parts.length > 0,
    reset: () => {
      parts = []
      early = NO_CONTENT
      cancel?.()
      cancel = null
    },
  }
}
