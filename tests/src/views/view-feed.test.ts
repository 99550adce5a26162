import { expect, it } from 'vitest'
import type { TabMessage, ViewMessage } from '../../../protocol/view-messages.ts'
import type { TransferValue } from '../../../protocol/views.ts'
import { createViewFeed } from '../../../src/views/view-feed.ts'

const setup = () => {
  const feed = createViewFeed()
  const sent: TabMessage[] = []
  const seen: unknown[] = []
  const receive = feed.attach(message => sent.push(message))
  const watch = feed.watch<'transfer'>(
    { view: 'transfer' },
    {
      snapshot: (_, value) => void seen.push(value),
      delta: (_, value) => seen.push(value) > 0,
      unavailable: ({ message }) => void seen.push(message),
      lost: () => void seen.push('lost'),
    },
  )
  const done = (count: number): TransferValue => ({ kind: 'import', done: count, total: 9 })
  const snapshot = (epoch: string, version: number): ViewMessage => ({
    type: 'snapshot',
    watch: 1,
    epoch,
    version,
    value: done(version),
  })
  const delta = (epoch: string, from: number, to: number): ViewMessage => ({
    type: 'delta',
    watch: 1,
    epoch,
    from,
    to,
    changes: done(to),
  })
  return { feed, sent, seen, receive, watch, snapshot, delta, done }
}

it('acknowledges each message, so that the next one comes', () => {
  const { sent, seen, receive, snapshot, delta, done } = setup()
  receive(snapshot('e', 1))
  receive(delta('e', 1, 2))
  expect(seen).toEqual([done(1), done(2)])
  expect(sent.map(({ type }) => type)).toEqual(['watch', 'received', 'received'])
})

it('asks for a snapshot after a gap, and drops deltas until it comes', () => {
  const { sent, seen, receive, snapshot, delta, done } = setup()
  receive(snapshot('e', 1))
  receive(delta('e', 2, 3))
  receive(delta('e', 3, 4))
  receive(snapshot('e', 4))
  expect(seen).toEqual([done(1), done(4)])
  expect(sent.map(({ type }) => type)).toEqual(['watch', 'received', 'reset', 'received'])
})

it('never applies what belongs to another life of the worker', () => {
  const { seen, receive, snapshot, delta, done } = setup()
  receive(snapshot('first', 1))
  receive(delta('second', 1, 2))
  expect(seen).toEqual([done(1)])
})

it('takes back what it asked a worker for that did not answer', () => {
  const { feed, sent } = setup()
  feed.expect({ view: 'lock' })
  const asked: TabMessage[] = []
  feed.attach(message => asked.push(message))
  feed.detach()
  const watched = asked.flatMap(message => (message.type === 'watch' ? message.watch : []))
  expect(watched).toHaveLength(2)
  expect(asked.flatMap(message => (message.type === 'unwatch' ? message.watch : [])).sort()).toEqual(
    watched.sort(),
  )
  expect(sent.map(({ type }) => type)).toEqual(['watch'])
})

it('watches the same on a new port, and hears nothing from the old one', () => {
  const { feed, seen, receive, snapshot, done } = setup()
  receive(snapshot('first', 1))
  feed.detach()
  const again: TabMessage[] = []
  const receiveAgain = feed.attach(message => again.push(message))
  receive(snapshot('first', 2))
  receiveAgain(snapshot('second', 3))
  expect(again[0]).toEqual({ type: 'watch', watch: 1, request: { view: 'transfer' } })
  expect(seen).toEqual([done(1), 'lost', done(3)])
})

it('tells the worker when nobody looks any more', () => {
  const { sent, seen, receive, watch, snapshot } = setup()
  watch.stop()
  receive(snapshot('e', 1))
  expect(sent.at(-1)).toEqual({ type: 'unwatch', watch: 1 })
  expect(seen).toEqual([])
})

const ROWS = { rows: [], total: 0, all: 0 }
const watchNotes = (
  feed: ReturnType<typeof createViewFeed>,
  place: 'notes' | 'trash' = 'notes',
  filter = '',
) => {
  const shown: unknown[] = []
  feed.watch<'notes'>(
    { view: 'notes', place, filter, limit: 200 },
    {
      snapshot: (_, value) => void shown.push(value),
      delta: () => true,
      unavailable: () => undefined,
      before: value => void shown.push(value),
    },
  )
  return shown
}

it('shows the list of before to whoever watches the list, now or later', () => {
  const feed = createViewFeed()
  const early = watchNotes(feed)
  feed.before(ROWS)
  expect(early).toEqual([ROWS])
  expect(watchNotes(feed)).toEqual([ROWS])
})

it('shows it under no other name', () => {
  const feed = createViewFeed()
  feed.before(ROWS)
  expect(watchNotes(feed, 'trash')).toEqual([])
  expect(watchNotes(feed, 'notes', 'bread')).toEqual([])
})

it('forgets it as soon as a worker tells how things are', () => {
  const feed = createViewFeed()
  feed.before(ROWS)
  const receive = feed.attach(() => undefined)
  expect(watchNotes(feed)).toEqual([ROWS])
  receive({ type: 'unavailable', watch: 9, code: 'no-note', message: 'It is gone.' })
  expect(watchNotes(feed)).toEqual([])
})

const TRANSFER = { view: 'transfer' } as const

const setupExpecting = () => {
  const feed = createViewFeed()
  feed.expect(TRANSFER)
  const sent: TabMessage[] = []
  const receive = feed.attach(message => sent.push(message))
  const snapshot = (watch: number, version: number): ViewMessage => ({
    type: 'snapshot',
    watch,
    epoch: 'e',
    version,
    value: version,
  })
  const watch = () => {
    const seen: unknown[] = []
    feed.watch<'transfer'>(TRANSFER, {
      snapshot: (_, value) => void seen.push(value),
      delta: (_, value) => seen.push(value) > 0,
      unavailable: () => undefined,
    })
    return seen
  }
  const delta = (from: number, to: number): ViewMessage => ({
    type: 'delta',
    watch: 1,
    epoch: 'e',
    from,
    to,
    changes: to,
  })
  return { feed, sent, receive, snapshot, delta, watch }
}

it('has what was expected for whoever watches it first, who follows it from there', () => {
  const { sent, receive, snapshot, delta, watch } = setupExpecting()
  receive(snapshot(1, 1))
  const seen = watch()
  receive(delta(1, 2))
  expect(seen).toEqual([1, 2])
  expect(sent.map(({ type }) => type)).toEqual(['watch', 'received', 'received'])
})

it('passes what was expected on when it comes later', () => {
  const { sent, receive, snapshot, watch } = setupExpecting()
  const seen = watch()
  receive(snapshot(1, 1))
  expect(seen).toEqual([1])
  expect(sent.map(({ type }) => type)).toEqual(['watch', 'received'])
})

it('lets go of what was expected and changed before anybody watched it', () => {
  const { sent, receive, snapshot, delta, watch } = setupExpecting()
  receive(snapshot(1, 1))
  receive(delta(1, 2))
  const seen = watch()
  receive(snapshot(2, 2))
  expect(seen).toEqual([2])
  expect(sent.map(({ type }) => type)).toEqual(['watch', 'unwatch', 'watch', 'received'])
})

it('expects it from the next worker where the first one is gone', () => {
  const { feed, receive, snapshot, watch } = setupExpecting()
  receive(snapshot(1, 1))
  feed.detach()
  const again: TabMessage[] = []
  const receiveAgain = feed.attach(message => again.push(message))
  const seen = watch()
  expect(seen).toEqual([])
  receiveAgain(snapshot(1, 7))
  expect(seen).toEqual([7])
  expect(again.map(({ type }) => type)).toEqual(['watch', 'received'])
})

it('gives the second who watches it a view of their own', () => {
  const { sent, receive, snapshot, watch } = setupExpecting()
  receive(snapshot(1, 1))
  watch()
  expect(watch()).toEqual([])
  expect(sent.filter(({ type }) => type === 'watch')).toHaveLength(2)
})

const NOTE = { view: 'note', note: 'AAAAAAAAAAAAAAAAAAAAAg' } as const
const ignored = { snapshot: () => {}, delta: () => true, unavailable: () => {} }

it('hands edits over at once, and each answer to its own', async () => {
  const { feed, sent, receive } = setup()
  const note = feed.watch<'note'>(NOTE, ignored)
  const updates = [{ clientID: 'tab', count: 1, changes: [[0, 'x']] }]
  const [one, two] = [note.edit(7, updates), note.edit(8, [])]
  expect(sent.slice(-2)).toEqual([
    { type: 'edit', watch: 2, version: 7, updates },
    { type: 'edit', watch: 2, version: 8, updates: [] },
  ])
  receive({ type: 'edited', watch: 2, result: { ok: true, value: { accepted: true, version: 8 } } })
  receive({ type: 'edited', watch: 2, result: { ok: true, value: { accepted: false } } })
  expect([await one, await two]).toMatchObject([{ value: { version: 8 } }, { value: { accepted: false } }])
})

it('never gives an edit on a version of one worker to another', async () => {
  const { feed } = setup()
  const note = feed.watch<'note'>(NOTE, ignored)
  const edit = note.edit(7, [])
  feed.detach()
  const lost = { ok: false, error: { code: 'connection-lost' } }
  expect(await edit).toMatchObject(lost)
  expect(await note.edit(7, [])).toMatchObject(lost)
  const told: TabMessage[] = []
  feed.attach(message => told.push(message))
  expect(told.map(({ type }) => type)).toEqual(['watch', 'watch'])
})

it('tells each worker whether the page is seen', () => {
  const { feed, sent } = setup()
  feed.seen(true)
  feed.seen(false)
  expect(sent.slice(1)).toEqual([{ type: 'seen', seen: false }])
  feed.detach()
  const told: TabMessage[] = []
  feed.attach(message => told.push(message))
  expect(told[0]).toEqual({ type: 'seen', seen: false })
})
