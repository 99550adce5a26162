import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { HOME_DOCUMENT } from '../../../protocol/ids.ts'
import { createHome } from '../../../worker/notes/home.ts'
import { randomId } from '../../../worker/platform/random.ts'
import { createMemoryDocuments } from '../../support/memory-documents.ts'
import { seededRandom } from '../../support/seeded.ts'
import { createDevice, meet, must } from './setup.ts'

const summary = (title: string, updated: number) => ({ title, excerpt: '', updated, hash: 'h' })

const openHome = async () => {
  const documents = createMemoryDocuments()
  const open = await documents.open(HOME_DOCUMENT)
  const map: Y.Map<unknown> = open.doc.getMap('notes')
  return { open, map, meta: open.doc.getMap('meta') }
}
const A = randomId(seededRandom(1))
const B = randomId(seededRandom(2))

test('a device that has no notes writes nothing, and the first note brings the schema', async () => {
  const { open, meta } = await openHome()
  const home = createHome(open)
  home.write([])
  expect(open.edits()).toBe(0)
  home.write([{ note: A, fields: { created: 1 } }])
  expect(meta.get('schema')).toBe(1)
})

test('notes are listed newest first, also those that have no title yet, and follow every change', async () => {
  const { open, map } = await openHome()
  const home = createHome(open)
  const heard: string[][] = []
  home.onChange(notes => heard.push([...notes]))
  home.write([
    { note: A, fields: { created: 1, summary: summary('Old', 10) } },
    { note: B, fields: { created: 20 } },
  ])
  expect(home.rows('notes').map(({ title }) => title)).toEqual(['', 'Old'])
  map.set(`${A}:summary`, summary('New', 30))
  expect(home.rows('notes').map(({ title }) => title)).toEqual(['New', ''])
  expect(heard).toEqual([[A, B], [A]])
})

test('a home that a newer Holdfast wrote can be read, and is not changed', async () => {
  const { open, map, meta } = await openHome()
  meta.set('schema', 2)
  map.set(`${A}:summary`, summary('Here', 1))
  const home = createHome(open)
  const edits = open.edits()
  const answer = home.write([{ note: A, fields: { trashed: 5 } }])
  expect(answer.ok ? '' : answer.error.code).toBe('newer-schema')
  expect(home.rows('notes')).toHaveLength(1)
  expect(open.edits()).toBe(edits)
})

test('entries that make no sense are passed over and counted, at the start and later', async () => {
  const { open, map } = await openHome()
  map.set(`${A}:summary`, summary('Good', 1))
  map.set('nonsense', 1)
  map.set(`${HOME_DOCUMENT}:summary`, summary('The index itself', 1))
  map.set(`${B}:summary`, { title: 7 })
  map.set(`${B}:constructor`, 1)
  const home = createHome(open)
  expect(home.rows('notes').map(({ title }) => title)).toEqual(['Good'])
  expect(home.skipped()).toBe(4)
  map.set(`${A}:trashed`, new Y.Map())
  map.set(`${A}:updated`, Number.NaN)
  expect(home.skipped()).toBe(6)
  map.set(`${A}:trashed`, 5)
  expect(home.skipped()).toBe(5)
  expect(home.rows('trash').map(({ title }) => title)).toEqual(['Good'])
})

test('a note that was deleted for good here and edited there comes back in the trash', async () => {
  const [here, there] = [await createDevice(1), await createDevice(2)]
  const { note } = must(await here.notes.create({ text: 'Plan' }))
  meet(here, there)
  must(await here.notes.remove(note))
  there.home.write([{ note, fields: { summary: summary('Plan, and more', 99) } }])
  meet(here, there)
  for (const device of [here, there]) {
    expect(device.titles('notes')).toEqual([])
    expect(device.titles('trash')).toEqual(['Plan, and more'])
  }
  must(there.notes.restore(note))
  meet(here, there)
  expect(here.titles()).toEqual(['Plan, and more'])
})

test('restoring there while it is deleted for good here leaves the note in the trash', async () => {
  const [here, there] = [await createDevice(1), await createDevice(2)]
  const { note } = must(await here.notes.create({ text: 'Plan' }))
  must(here.notes.trash(note))
  meet(here, there)
  must(await here.notes.remove(note))
  must(there.notes.restore(note))
  meet(here, there)
  expect(here.home.rows('trash')).toHaveLength(1)
  expect(there.home.rows('trash')).toHaveLength(1)
})

test('ten thousand notes are indexed, and each change moves its note to the top', async () => {
  const { open } = await openHome()
  const random = seededRandom(3)
  const ids = Array.from({ length: 10_000 }, () => randomId(random))
  createHome(open).write(
    ids.map((note, index) => ({
      note,
      fields: { created: index, summary: summary(`Note ${index}`, (index * 7919) % 10_007), folder: 'x' },
    })),
  )
  const home = createHome(open)
  expect(home.rows('notes')).toHaveLength(10_000)
  for (const note of ids.slice(0, 100)) home.draft(note, summary('typing', 20_000))
  expect(home.rows('notes')[0]?.title).toBe('typing')
})
