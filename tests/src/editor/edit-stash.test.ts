import { expect, it } from 'vitest'
import { createEditStash } from '../../../src/editor/edit-stash.ts'
import { createStorage } from '../../support/storage.ts'

const unstored = [{ note: 'n', edits: { editor: 'e', base: 'a', edits: [] } }]
const writing = { note: 'n', anchor: 1, head: 1, before: 'a' }

/** A browser with its tabs; a tab has one page after the other. */
const setup = (device = createStorage()) => {
  const openTab = () => {
    const tab = createStorage()
    return (page: string) => createEditStash({ tab, device: () => device, page })
  }
  return { device, openTab }
}

it('hands what a page left to the next page of its tab, which keeps it until it is stored', () => {
  const { device, openTab } = setup()
  const load = openTab()
  load('one').put({ unstored, writing })
  const before = load('two').take()
  expect([before.legacy.unstored, before.writing]).toEqual([unstored, writing])
  expect(device.length, 'a page that crashes now loses nothing').toBe(1)
  before.legacy.settled()
  expect(device.length).toBe(0)
})

it('goes on as the same editor only once, in whatever tab was made as a copy', () => {
  const load = setup().openTab()
  load('one').put({ unstored, writing })
  const stash = load('two')
  expect(stash.take().legacy.unstored).toEqual(unstored)
  expect([stash.take().legacy.unstored, stash.take().writing]).toEqual([[], null])
})

it('hands what a closed tab left to any other, once in each, until it is stored', () => {
  const { device, openTab } = setup()
  openTab()('closed').put({ unstored, writing: null })
  const [first, second] = [openTab()('first'), openTab()('second')]
  expect(first.pages()).toEqual(['closed'])
  const legacy = first.left('closed')
  expect(first.pages(), 'it is at work on that').toEqual([])
  expect(second.left('closed')?.unstored).toEqual(unstored)
  legacy?.settled()
  expect([device.length, second.pages()]).toEqual([0, []])
})

it('leaves what a page left later than it was read', () => {
  const { openTab } = setup()
  const closed = openTab()('closed')
  closed.put({ unstored, writing: null })
  const other = openTab()('other')
  const legacy = other.left('closed')
  const more = [...unstored, ...unstored]
  closed.put({ unstored: more, writing: null })
  legacy?.settled()
  expect(other.left('closed')?.unstored).toEqual(more)
})

it('leaves one heir where a page that took something over goes away, too', () => {
  const { device, openTab } = setup()
  openTab()('closed').put({ unstored, writing: null })
  const heir = openTab()('heir')
  heir.left('closed')
  heir.put({ unstored, writing: null })
  expect(device.length).toBe(1)
  expect(openTab()('next').pages()).toEqual(['heir'])
})

it('leaves nothing where all is stored', () => {
  const { device, openTab } = setup()
  const stash = openTab()('page')
  stash.put({ unstored, writing })
  stash.put({ unstored: [], writing: null })
  expect(device.length).toBe(0)
})

it('keeps what it left while it is back from the cache of pages, until that is stored', async () => {
  const { device, openTab } = setup()
  const stash = openTab()('page')
  stash.put({ unstored, writing })
  let stored = () => {}
  const back = stash.back(
    new Promise<void>(resolve => {
      stored = resolve
    }),
  )
  expect([stash.take().writing, device.length]).toEqual([null, 1])
  stored()
  await back
  expect(device.length).toBe(0)
})

it('leaves it to the tab alone where there is no room for all tabs, or none is allowed', () => {
  const forbidden = () => {
    throw new DOMException('forbidden', 'SecurityError')
  }
  for (const device of [() => createStorage(10), forbidden]) {
    const tab = createStorage()
    createEditStash({ tab, device, page: 'one' }).put({ unstored, writing })
    const next = createEditStash({ tab, device, page: 'two' })
    const { legacy } = next.take()
    expect(legacy.unstored).toEqual(unstored)
    legacy.settled()
    expect(next.pages()).toEqual([])
  }
})

it('hands on what was typed before the editor was there, beside what the page before had left', () => {
  const { openTab } = setup()
  const load = openTab()
  load('one').put({ unstored, writing })
  const words = [{ note: 'new', edits: { editor: 'f', base: '', edits: [] } }]
  load('two').putWords(words)
  const three = load('three')
  expect(three.take()).toMatchObject({ legacy: { unstored }, writing })
  expect(three.pages().map(page => three.left(page)?.unstored)).toEqual([words])
})

it('takes nonsense for nothing', () => {
  const { device, openTab } = setup()
  device.setItem('holdfast-left old', '[{')
  expect(openTab()('page').left('old')).toBeNull()
})
