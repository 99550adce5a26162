import { describe, expect, it } from 'vitest'
import type { NoteRow } from '../../../protocol/notes.ts'
import { SYNC_EVENTS_KEPT, type SyncEvent } from '../../../protocol/sync.ts'
import { applyNotes, applySyncDetails } from '../../../src/views/reducers.ts'

const row = (id: string, title = id): NoteRow => ({ id, title, excerpt: '', folder: '', updated: 0 })
const value = { rows: [row('a'), row('b')], total: 2, all: 2 }

describe('the list of notes', () => {
  it('shows a changed row where it was', () => {
    const after = applyNotes(value, { rows: [row('b', 'new')], total: 2, all: 2 })
    expect(after?.rows.map(({ title }) => title)).toEqual(['a', 'new'])
  })

  it('takes a new order, and drops rows that are not in it', () => {
    const after = applyNotes(value, { rows: [row('c')], order: ['c', 'a'], total: 2, all: 3 })
    expect(after?.rows.map(({ id }) => id)).toEqual(['c', 'a'])
    expect(after?.all).toBe(3)
  })

  it('gives up where the order names a row that it does not have', () => {
    expect(applyNotes(value, { rows: [], order: ['a', 'x'], total: 2, all: 2 })).toBeUndefined()
  })
})

describe('sync details', () => {
  const event = (id: number): SyncEvent => ({ id, at: id, kind: 'sent', text: '' })
  const nothing = {
    relays: [],
    unused: [],
    devices: [],
    queue: { waiting: [], held: [], remaining: 0 },
    setAside: [],
    charts: { latency: [], queue: [] },
    events: [],
  }

  it('adds what happened, and keeps no more than the worker does', () => {
    const full = { ...nothing, events: Array.from({ length: SYNC_EVENTS_KEPT }, (_, n) => event(n + 1)) }
    const { events } = applySyncDetails(full, { events: [event(SYNC_EVENTS_KEPT + 1)] })
    expect(events).toHaveLength(SYNC_EVENTS_KEPT)
    expect([events[0]?.id, events.at(-1)?.id]).toEqual([2, SYNC_EVENTS_KEPT + 1])
  })

  it('keeps what was not said anew', () => {
    const waiting = { ...nothing, queue: { waiting: ['n'], held: [], remaining: 0 } }
    expect(applySyncDetails(waiting, { events: [event(1)] }).queue.waiting).toEqual(['n'])
  })
})
