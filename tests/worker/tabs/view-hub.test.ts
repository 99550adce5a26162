import { expect, test, vi } from 'vitest'
import type { NotesValue } from '../../../protocol/notes.ts'
import type { ViewMessage } from '../../../protocol/view-messages.ts'
import { SYNC_OFF } from '../../support/sync-off.ts'
import { createDevice, must } from '../notes/setup.ts'
import { createHub, LIST } from './setup.ts'

const titles = (message: ViewMessage | undefined): string[] | undefined =>
  message?.type === 'snapshot' ? (message.value as NotesValue).rows.map(({ title }) => title) : undefined

test('a watch gets a snapshot and then what changed, row by row', async () => {
  const { notes, openTab } = await createHub()
  const { note: old } = must(await notes.create({ text: 'Old' }))
  const tab = openTab()
  tab.watch(1, LIST)
  expect(await tab.news()).toMatchObject([
    {
      type: 'snapshot',
      watch: 1,
      epoch: 'life',
      version: 0,
      value: { rows: [{ title: 'Old' }], total: 1, all: 1 },
    },
  ])
  const { note } = must(await notes.create({ text: 'New' }))
  expect(await tab.news()).toMatchObject([
    {
      type: 'delta',
      from: 0,
      to: 1,
      changes: { rows: [{ title: 'New' }], order: [note, old], total: 2, all: 2 },
    },
  ])
})

test('at most one delta is under way, and the next one holds all that came meanwhile', async () => {
  const { notes, openTab } = await createHub()
  const tab = openTab()
  tab.watch(1, LIST)
  await tab.news()
  must(await notes.create({ text: 'one' }))
  expect(await tab.news()).toHaveLength(1)
  must(await notes.create({ text: 'two' }))
  must(await notes.create({ text: 'three' }))
  expect(await tab.news()).toEqual([])
  tab.received(1)
  const [delta, ...more] = await tab.news()
  expect(more).toEqual([])
  expect(delta).toMatchObject({ type: 'delta', from: 1, changes: { total: 3 } })
  expect((delta as { changes: { rows: unknown[] } }).changes.rows).toHaveLength(2)
})

test('tabs that want the same share one view, which ends with the last of them', async () => {
  const { hub, openTab, documents, notes, clock } = await createHub()
  const { note } = must(await notes.create({ text: 'x' }))
  const [one, two] = [openTab(), openTab()]
  one.watch(1, { view: 'note', note })
  two.watch(7, { note, view: 'note' })
  expect(await one.news()).toMatchObject([{ type: 'snapshot', value: { text: 'x' } }])
  expect(await two.news()).toMatchObject([{ type: 'snapshot', watch: 7 }])
  expect([hub.views(), documents.opened()]).toEqual([1, 2])
  one.unwatch(1)
  two.line.leave()
  await two.news()
  expect(hub.views()).toBe(0)
  const closed = documents.whenClosed(note)
  await clock.pass(31_000)
  await closed
})

test('a note reaches both tabs as the updates that were typed, with what is stored and who is there', async () => {
  const { openTab, notes, documents } = await createHub()
  const { note } = must(await notes.create({ text: 'x' }))
  const tab = openTab()
  tab.watch(1, { view: 'note', note })
  const [snapshot] = await tab.news()
  const version = (snapshot as { version: number }).version
  expect(snapshot).toMatchObject({
    value: { text: 'x', stored: version, place: 'notes', folder: '', present: 0 },
  })
  const updates = [{ clientID: 'other', changes: [1, [0, 'y']] }]
  documents.holdStorage()
  must(await notes.edit(note, version, updates))
  expect(await tab.news()).toEqual([
    { type: 'delta', watch: 1, epoch: 'life', from: version, to: version + 1, changes: { updates } },
  ])
  documents.setPresent(note, 2)
  documents.storeNow()
  must(notes.trash(note))
  tab.received(1)
  expect(await tab.news()).toMatchObject([
    {
      from: version + 1,
      to: version + 1,
      changes: { updates: [], stored: version + 1, place: 'trash', present: 2 },
    },
  ])
  must(await notes.remove(note))
  tab.received(1)
  expect(await tab.news()).toMatchObject([{ changes: { place: 'gone' } }])
})

test('who asks for a reset, or is too far behind, gets a snapshot', async () => {
  const { openTab, notes } = await createHub()
  const { note } = must(await notes.create({ text: '' }))
  const tab = openTab()
  tab.watch(1, { view: 'note', note })
  const [snapshot] = await tab.news()
  let version = (snapshot as { version: number }).version
  const start = version
  for (let count = 0; count < 6000; count++) {
    must(
      await notes.edit(note, version, [{ clientID: 'o', changes: count ? [count, [0, 'x']] : [[0, 'x']] }]),
    )
    version++
  }
  await tab.news()
  tab.received(1)
  const news = await tab.news()
  expect(news.at(-1)).toMatchObject({ type: 'snapshot', version: start + 6000 })
  tab.reset(1)
  expect(await tab.news()).toMatchObject([{ type: 'snapshot', value: { text: 'x'.repeat(6000) } }])
})

test('the filter finds all words in title, excerpt and folder, without case and accents', async () => {
  const { openTab, notes } = await createHub()
  must(await notes.create({ text: 'Café in Zürich\nwith cake', folder: 'Trips' }))
  must(await notes.create({ text: 'Tea', folder: 'Trips' }))
  const tab = openTab()
  tab.watch(1, { ...LIST, filter: ' CAFE cake trips ' })
  tab.watch(2, { ...LIST, filter: 'zurich tea' })
  tab.watch(3, { ...LIST, limit: 1 })
  expect(await tab.news()).toMatchObject([
    { watch: 1, value: { rows: [{ title: 'Café in Zürich' }], total: 1, all: 2 } },
    { watch: 2, value: { rows: [], total: 0, all: 2 } },
    { watch: 3, value: { rows: [{}], total: 2, all: 2 } },
  ])
})

test('sync and transfer are sent whole', async () => {
  const { openTab, sync, transfer } = await createHub()
  const tab = openTab()
  tab.watch(1, { view: 'sync' })
  tab.watch(2, { view: 'transfer' })
  expect(await tab.news()).toMatchObject([{ value: SYNC_OFF }, { value: null }])
  sync.set({ phase: 'syncing', waiting: 3 })
  sync.set({ waiting: 2 })
  let finish: (() => void) | undefined
  const running = transfer.run('import', async ({ report }) => {
    report(1, 4)
    await new Promise<void>(resolve => {
      finish = resolve
    })
    return { ok: true, value: null }
  })
  expect(await tab.news()).toEqual([
    {
      type: 'delta',
      watch: 1,
      epoch: 'life',
      from: 0,
      to: 1,
      changes: { ...SYNC_OFF, phase: 'syncing', waiting: 2 },
    },
    {
      type: 'delta',
      watch: 2,
      epoch: 'life',
      from: 0,
      to: 1,
      changes: { kind: 'import', done: 1, total: 4 },
    },
  ])
  finish?.()
  await running
  tab.received(2)
  expect(await tab.news()).toMatchObject([{ watch: 2, changes: null }])
})

test('when another workspace is shown every watch begins anew there, but notes stay where they were opened', async () => {
  const { openTab, notes, swap, type, released } = await createHub()
  const { note } = must(await notes.create({ text: 'Here' }))
  const tab = openTab()
  tab.watch(1, LIST)
  tab.watch(2, { view: 'note', note })
  await tab.news()
  const there = await createDevice(9)
  must(await there.notes.create({ text: 'There' }))
  swap(there)
  const news = await tab.news()
  expect(titles(news.find(({ watch }) => watch === 1))).toEqual(['There'])
  expect(news.find(({ watch }) => watch === 2)).toBeUndefined()
  must(await notes.create({ text: 'Not shown' }))
  expect(await tab.news()).toEqual([])
  await type(note, ', and still')
  expect((await tab.news()).map(({ watch, type }) => [watch, type])).toEqual([[2, 'delta']])
  expect(released).toEqual([])
  tab.unwatch(2)
  await tab.news()
  expect(released).toEqual(['here'])
})

test('what cannot be shown or understood is answered, and others go on', async () => {
  const { openTab, hub, documents, notes } = await createHub()
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const tab = openTab()
  tab.watch(1, { view: 'note', note: 'AAAAAAAAAAAAAAAAAAAAAg' })
  tab.line.receive({ type: 'watch', watch: 2, request: { view: 'weather' } })
  tab.line.receive('what')
  tab.line.receive({ type: 'received', watch: 99 })
  const { note } = must(await notes.create({ text: 'x' }))
  vi.spyOn(documents, 'open').mockRejectedValueOnce(new Error('the disk is gone'))
  tab.watch(3, { view: 'note', note })
  tab.watch(4, LIST)
  const news = await tab.news()
  expect(news.map(({ type, watch }) => [watch, type]).toSorted()).toEqual([
    [1, 'unavailable'],
    [2, 'unavailable'],
    [3, 'unavailable'],
    [4, 'snapshot'],
  ])
  expect(hub.views()).toBe(1)
  tab.watch(3, { view: 'note', note })
  expect(await tab.news()).toMatchObject([{ type: 'snapshot', watch: 3 }])
  expect(said).toHaveBeenCalledTimes(3)
  said.mockRestore()
})

test('a watch that is ended before its view was ready leaves nothing open', async () => {
  const { openTab, notes, hub } = await createHub()
  const { note } = must(await notes.create({ text: 'x' }))
  const tab = openTab()
  tab.watch(1, { view: 'note', note })
  tab.unwatch(1)
  expect(await tab.news()).toEqual([])
  expect(hub.views()).toBe(0)
})

test('TAB-9: that not all is synced any more is told at once, whatever is under way; what is better can wait', async () => {
  const { openTab, sync, clock } = await createHub()
  sync.set({ phase: 'synced', relay: 'https://relay' })
  const tab = openTab()
  tab.watch(1, { view: 'sync' })
  await tab.news()
  sync.set({ setAside: 1 })
  expect(await tab.news()).toHaveLength(1)

  sync.set({ phase: 'syncing', waiting: 1 })
  expect(await tab.newsAtOnce()).toMatchObject([
    { from: 1, to: 2, changes: { phase: 'syncing', waiting: 1 } },
  ])
  sync.set({ phase: 'synced', waiting: 0 })
  expect(await tab.newsAtOnce()).toEqual([])
  tab.received(1)
  expect(await tab.news()).toEqual([])
  await clock.pass(500)
  expect(await tab.newsAtOnce()).toMatchObject([{ from: 2, to: 3, changes: { phase: 'synced' } }])
})

test('TAB-9: while somebody types, that all is synced is told once it has held, and nothing in between', async () => {
  const { openTab, sync, clock } = await createHub()
  sync.set({ phase: 'synced', relay: 'https://relay' })
  const tab = openTab()
  tab.watch(1, { view: 'sync' })
  await tab.news()
  tab.received(1)
  const key = async () => {
    sync.set({ phase: 'syncing', waiting: 1 })
    const before = await tab.newsAtOnce()
    tab.received(1)
    await clock.pass(20)
    sync.set({ phase: 'synced', waiting: 0 })
    await clock.pass(280)
    return [...before, ...(await tab.newsAtOnce())]
  }
  expect(await key()).toMatchObject([{ changes: { phase: 'syncing' } }])
  for (let more = 0; more < 10; more++) expect(await key()).toEqual([])
  await clock.pass(500)
  expect(await tab.newsAtOnce()).toMatchObject([{ changes: { phase: 'synced' } }])

  sync.set({ phase: 'offline' })
  expect(await tab.newsAtOnce()).toMatchObject([{ changes: { phase: 'offline' } }])
})

const versionIn = ([snapshot]: readonly ViewMessage[]): number => (snapshot as { version: number }).version

test('what is typed in a tab is told to the others in the same turn, and then answered', async () => {
  const { openTab, notes, documents, read } = await createHub()
  const { note } = must(await notes.create({ text: 'x' }))
  const [author, reader] = [openTab(), openTab()]
  for (const tab of [author, reader]) tab.watch(1, { view: 'note', note })
  const version = versionIn(await author.news())
  await reader.news()
  documents.holdStorage()
  const updates = [{ clientID: 'author', count: 1, changes: [1, [0, 'y']] }]
  const delta = {
    type: 'delta',
    watch: 1,
    epoch: 'life',
    from: version,
    to: version + 1,
    changes: { updates },
  }
  author.edit(1, version, updates)
  expect(reader.inbox.splice(0)).toEqual([delta])
  expect(author.inbox.splice(0)).toEqual([
    { type: 'edited', watch: 1, result: { ok: true, value: { accepted: true, version: version + 1 } } },
    delta,
  ])
  expect(await read(note)).toBe('xy')

  author.edit(1, version, updates)
  author.edit(1, version + 1, [{ clientID: 'author', count: 2, changes: [7] }])
  for (const rubbish of [null, { clientID: 7, changes: [] }, { clientID: 'author', count: 'x', changes: [] }])
    author.edit(1, version + 1, [rubbish as never])
  author.edit(2, version + 1, updates)
  expect(author.inbox.splice(0)).toMatchObject([
    { type: 'edited', watch: 1, result: { value: { accepted: false } } },
    { type: 'edited', watch: 1, result: { error: { code: 'bad-edit' } } },
    ...Array.from({ length: 3 }, () => ({
      type: 'edited',
      watch: 1,
      result: { error: { code: 'bad-edit' } },
    })),
    { type: 'edited', watch: 2, result: { error: { code: 'not-open' } } },
  ])
  expect(await read(note)).toBe('xy')
})

test('a tab that nobody sees is told later as long as another one is seen, and at once when it is looked at', async () => {
  const { openTab, notes, type, clock } = await createHub()
  const { note } = must(await notes.create({ text: 'x' }))
  const [seen, unseen] = [openTab(), openTab()]
  for (const tab of [seen, unseen]) {
    tab.watch(1, { view: 'note', note })
    await tab.news()
  }
  unseen.see(false)
  const typeAndLook = async (words: string) => {
    await type(note, words)
    seen.received(1)
    return [await seen.newsAtOnce(), await unseen.newsAtOnce()].map(news => news.length > 0)
  }
  expect(await typeAndLook('y')).toEqual([true, false])
  expect(await typeAndLook('z')).toEqual([true, false])
  await clock.pass(3_000)
  const [delta, ...more] = await unseen.newsAtOnce()
  expect([(delta as { changes: { updates: unknown[] } }).changes.updates.length, more]).toEqual([2, []])
  unseen.received(1)
  expect(await typeAndLook('a')).toEqual([true, false])
  unseen.see(true)
  expect(await unseen.newsAtOnce()).toMatchObject([{ type: 'delta' }])

  unseen.received(1)
  unseen.see(false)
  expect(await typeAndLook('b')).toEqual([true, false])
  seen.line.leave()
  expect(await unseen.newsAtOnce(), 'nobody else is seen any more').toMatchObject([{ type: 'delta' }])
})

test('tabs that nobody sees are told one after the other, so that they keep nobody waiting', async () => {
  const { openTab, notes, type, clock } = await createHub()
  const { note } = must(await notes.create({ text: 'x' }))
  const [seen, ...unseen] = [openTab(), openTab(), openTab(), openTab()]
  for (const tab of [seen!, ...unseen]) {
    tab.watch(1, { view: 'note', note })
    await tab.news()
  }
  for (const tab of unseen) tab.see(false)
  await type(note, 'y')
  const heard = async () => (await Promise.all(unseen.map(tab => tab.newsAtOnce()))).flat().length
  const each: number[] = []
  for (let quarter = 0; quarter < 4; quarter++) {
    await clock.pass(3_000 / 4)
    each.push(await heard())
  }
  expect(each).toEqual([1, 1, 1, 0])
})

test('TAB-9: a tab that nobody sees never goes on saying that all is synced', async () => {
  const { openTab, sync } = await createHub()
  sync.set({ phase: 'synced', relay: 'https://relay' })
  const [seen, unseen] = [openTab(), openTab()]
  for (const tab of [seen, unseen]) {
    tab.watch(1, { view: 'sync' })
    await tab.news()
  }
  unseen.see(false)
  sync.set({ phase: 'syncing', waiting: 1 })
  expect(await unseen.newsAtOnce()).toMatchObject([{ changes: { phase: 'syncing' } }])
})
