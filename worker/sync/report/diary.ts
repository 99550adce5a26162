import type { DocumentId } from '../../../protocol/ids.ts'
import {
  type ChartPoint,
  SYNC_EVENTS_KEPT,
  type SyncEvent,
  type SyncEventKind,
} from '../../../protocol/sync.ts'
import { createListeners } from '../../listeners.ts'
import type { Clock } from '../../platform/clock.ts'

/**
 * What happened between this device and its relay, for a person who asks: the last events, and how quick and how long
 * the queue was in the last minutes. In memory only. It holds no content, no titles and no keys.
 */
export interface Diary {
  note(kind: SyncEventKind, text: string): void
  /** Oldest first. The same array as long as nothing happened. */
  events(): readonly SyncEvent[]
  /** From sending a change to the relay's confirmation, in milliseconds. */
  latency(ms: number): void
  queue(length: number): void
  charts(): { readonly latency: readonly ChartPoint[]; readonly queue: readonly ChartPoint[] }
  onChange(listener: () => void): () => void
}

export const CHART_MS = 5 * 60_000
const POINTS_KEPT = 300

/** Enough of an id to tell documents apart. */
export const shortId = (id: DocumentId): string => id.slice(0, 6)

export const createDiary = (clock: Pick<Clock, 'now'>): Diary => {
  const listeners = createListeners()
  let events: readonly SyncEvent[] = []
  let latency: readonly ChartPoint[] = []
  let queue: readonly ChartPoint[] = []
  let last = 0

  const announce = (): void => listeners.tell()
  /** The last minutes, and the one point before them, from which the line comes in. */
  const withPoint = (points: readonly ChartPoint[], point: ChartPoint): readonly ChartPoint[] => {
    const begin = clock.now() - CHART_MS
    const first = Math.max(
      0,
      points.findLastIndex(({ at }) => at < begin),
    )
    return [...points.slice(first), point].slice(-POINTS_KEPT)
  }

  return {
    note: (kind, text) => {
      last += 1
      events = [...events, { id: last, at: clock.now(), kind, text }].slice(-SYNC_EVENTS_KEPT)
      announce()
    },
    events: () => events,
    latency: ms => {
      latency = withPoint(latency, { at: clock.now(), value: ms })
      announce()
    },
    queue: length => {
      if ((queue.at(-1)?.value ?? 0) === length) return
      queue = withPoint(queue, { at: clock.now(), value: length })
      announce()
    },
    charts: () => ({ latency, queue }),
    onChange: listeners.add,
  }
}
