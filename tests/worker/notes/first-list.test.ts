import { expect, test } from 'vitest'
import type { NotesValue } from '../../../protocol/notes.ts'
import { createFirstListKeeper } from '../../../worker/notes/first-list.ts'
import { FIRST_LIST } from '../../../worker/storage/first-list.ts'
import { createDevice, must } from './setup.ts'

const setup = async () => {
  const device = await createDevice()
  const { home, homeDocument: open, clock } = device
  const kept = () => open.mark(FIRST_LIST) as NotesValue | undefined
  const keeper = createFirstListKeeper({ home, open, clock })
  return { ...device, keeper, kept, titles: () => kept()?.rows.map(({ title }) => title) }
}

test('the first rows are kept a while after the index has changed', async () => {
  const { notes, clock, kept, titles } = await setup()
  must(await notes.create({ text: 'Bread' }))
  await clock.pass(1_000)
  must(await notes.create({ text: 'Letters' }))
  await clock.pass(1_500)
  expect(titles()).toBeUndefined()
  await clock.pass(1_000)
  expect(titles()).toEqual(['Letters', 'Bread'])
  expect(kept()).toMatchObject({ total: 2, all: 2 })
})

test('no more than a screen shows, with how many there are', async () => {
  const { notes, keeper, kept } = await setup()
  for (let count = 0; count < 60; count++) must(await notes.create({ text: `Note ${count}` }))
  keeper.keep()
  expect(kept()?.rows).toHaveLength(40)
  expect(kept()?.all).toBe(60)
})

test('TAB-10: what is typed and not in the index yet is never kept', async () => {
  const { notes, clock, keeper, titles, type, flush } = await (async () => {
    const all = await setup()
    return { ...all, flush: () => all.notes.flush() }
  })()
  const { note } = must(await notes.create({ text: 'Bread' }))
  await clock.pass(2_000)
  await type(note, ' and butter')
  keeper.keep()
  expect(titles()).toEqual(['Bread'])
  await flush()
  await clock.pass(2_000)
  expect(titles()).toEqual(['Bread and butter'])
})

test('a list that a crash left behind the index is put right at the next start', async () => {
  const { notes, homeDocument, clock, titles } = await setup()
  must(await notes.create({ text: 'Bread' }))
  homeDocument.setMark(FIRST_LIST, { rows: [], total: 0, all: 0 })
  await clock.pass(2_000)
  expect(titles()).toEqual(['Bread'])
})

test('as long as nothing changed, nothing is written', async () => {
  const { notes, homeDocument, keeper, clock, home } = await setup()
  must(await notes.create({ text: 'Bread' }))
  keeper.keep()
  let writes = 0
  const open = { ...homeDocument, setMark: () => void writes++ }
  createFirstListKeeper({ home, open, clock })
  await clock.pass(5_000)
  expect(writes).toBe(0)
})
