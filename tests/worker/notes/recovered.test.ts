import { expect, test } from 'vitest'
import { HOME_DOCUMENT } from '../../../protocol/ids.ts'
import { createRecovered } from '../../../worker/notes/recovered.ts'
import { newNoteUpdate } from '../../../worker/notes/y-text.ts'
import { randomId } from '../../../worker/platform/random.ts'
import { createDevice, must } from './setup.ts'

const LONG_MS = 60_000

const setup = async () => {
  const device = await createDevice()
  const { documents, home, clock, random } = device
  let complete = true
  const recovered = createRecovered({
    documents,
    home,
    clock,
    known: () => [HOME_DOCUMENT, ...documents.disk.keys()],
    isComplete: () => complete,
  })
  /** A text whose line in the index was never written, as a crash leaves it. */
  const loseIndexEntry = async (text: string) => {
    const id = randomId(random)
    await documents.create(id, newNoteUpdate(id, text))
    recovered.check()
    return id
  }
  return {
    ...device,
    recovered,
    loseIndexEntry,
    titlesFound: () => recovered.get().map(({ title }) => title),
    setComplete: (is: boolean) => {
      complete = is
      recovered.check()
    },
  }
}

test('a text that the index does not name is found, and can become a note again', async () => {
  const { recovered, loseIndexEntry, titlesFound, clock, titles, read } = await setup()
  const id = await loseIndexEntry('# Lost words\nand more of them')
  await clock.pass(LONG_MS)
  expect(recovered.get()).toMatchObject([{ id, title: 'Lost words', excerpt: 'and more of them' }])
  must(await recovered.restore(id))
  expect([titlesFound(), titles()]).toEqual([[], ['Lost words']])
  expect(await read(id)).toBe('# Lost words\nand more of them')
})

test('or it is deleted for good, which other devices learn', async () => {
  const { recovered, loseIndexEntry, clock, home, documents } = await setup()
  const id = await loseIndexEntry('Not needed')
  await clock.pass(LONG_MS)
  must(await recovered.remove(id))
  expect(recovered.get()).toEqual([])
  expect(home.get(id)?.fields.deleted).toBeDefined()
  expect(documents.disk.has(id)).toBe(false)
})

test('notes, notes in the trash, deleted notes and empty documents are not lost', async () => {
  const { notes, recovered, loseIndexEntry, clock, documents } = await setup()
  must(await notes.create({ text: 'Here' }))
  const trashed = must(await notes.create({ text: 'In the trash' })).note
  must(notes.trash(trashed))
  const deleted = must(await notes.create({ text: 'Deleted' })).note
  const text = documents.disk.get(deleted)!
  must(await notes.remove(deleted))
  documents.disk.set(deleted, text) // it came again from a relay
  await loseIndexEntry('')
  await clock.pass(LONG_MS)
  expect(recovered.get()).toEqual([])
})

test('nothing counts as lost while the index may still arrive, or has just changed', async () => {
  const { notes, loseIndexEntry, titlesFound, setComplete, clock } = await setup()
  setComplete(false)
  await loseIndexEntry('On its way')
  await clock.pass(LONG_MS)
  expect(titlesFound()).toEqual([])
  setComplete(true)
  await clock.pass(6_000)
  must(await notes.create({ text: 'Another' }))
  await clock.pass(6_000)
  expect(titlesFound()).toEqual([])
  await clock.pass(LONG_MS)
  expect(titlesFound()).toEqual(['On its way'])
})

test('what the index names after all is no longer shown', async () => {
  const { home, recovered, loseIndexEntry, clock } = await setup()
  const id = await loseIndexEntry('Late')
  await clock.pass(LONG_MS)
  expect(recovered.get()).toHaveLength(1)
  must(home.write([{ note: id, fields: { created: 1 } }]))
  expect(recovered.get()).toEqual([])
  expect(await recovered.restore(id)).toMatchObject({ error: { code: 'no-note' } })
})
