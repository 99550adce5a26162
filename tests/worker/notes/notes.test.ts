import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { bring } from '../../../worker/notes/bring.ts'
import { noteDocuments } from '../../../worker/notes/notes.ts'
import { textOf } from '../../../worker/notes/y-text.ts'
import { createDevice, meet, must } from './setup.ts'

const code = (result: { ok: boolean; error?: { code: string } }): string =>
  result.ok ? 'ok' : result.error!.code

test('a note goes into the trash, comes back, and is deleted for good with its text', async () => {
  const { notes, titles, documents } = await createDevice()
  const { note } = must(await notes.create({ text: '# Shopping\nmilk', folder: '/Home/../Lists/' }))
  expect(notes.home.rows('notes')).toMatchObject([
    { title: 'Shopping', excerpt: 'milk', folder: 'Home/Lists' },
  ])
  must(notes.trash(note))
  expect([titles('notes'), titles('trash')]).toEqual([[], ['Shopping']])
  must(notes.restore(note))
  expect([titles('notes'), titles('trash')]).toEqual([['Shopping'], []])
  must(notes.trash(note))
  expect(must(await notes.emptyTrash())).toEqual({ deleted: 1 })
  expect(documents.disk.has(note)).toBe(false)
  expect([titles('notes'), titles('trash'), [...noteDocuments(notes.home)]]).toEqual([[], [], []])
  expect(code(notes.restore(note))).toBe('no-note')
  expect(code(await notes.open(note))).toBe('no-note')
})

test('the list shows what is typed at once, and the home document gets it after a pause', async () => {
  const { notes, titles, type, clock, homeDocument, until, writtenTitle } = await createDevice()
  const { note } = must(await notes.create({}))
  const before = homeDocument.edits()
  await type(note, 'A tit')
  await type(note, 'le')
  expect(titles()).toEqual(['A title'])
  await clock.pass(1900)
  expect(homeDocument.edits()).toBe(before)
  await clock.pass(200)
  await until(() => writtenTitle(note) === 'A title')
  expect(homeDocument.edits()).toBe(before + 1)
})

test('the list hears of what it shows: of a title as it is typed, of a long text now and then', async () => {
  const { notes, type, clock, until } = await createDevice()
  const { note } = must(await notes.create({ text: `Title\n${'long text '.repeat(100)}` }))
  let told = 0
  notes.home.onChange(() => told++)
  const updated = () => notes.home.get(note)!.row.updated
  const start = updated()
  for (let key = 0; key < 20; key++) {
    await clock.pass(300)
    await type(note, 'x')
  }
  expect(told).toBeLessThan(5)
  expect(updated() - start).toBeGreaterThan(4_000)
  await clock.pass(2_000)
  await until(() => updated() === start + 20 * 300) // of the last key, told in the pause after it
})

test('who types without a pause is written down all the same', async () => {
  const { notes, type, clock, until, writtenTitle } = await createDevice()
  const { note } = must(await notes.create({}))
  for (let second = 0; second < 16; second++) {
    await type(note, 'word ')
    await clock.pass(1000)
  }
  await until(() => writtenTitle(note)?.startsWith('word') ?? false)
})

test('flush writes a summary at once', async () => {
  const { notes, type, homeDocument } = await createDevice()
  const { note } = must(await notes.create({}))
  await type(note, 'Now')
  await notes.flush()
  expect(homeDocument.doc.getMap('notes').get(`${note}:summary`)).toMatchObject({ title: 'Now' })
})

test('a summary that a crash left behind is put right when the note is opened', async () => {
  const before = await createDevice(1)
  const { note } = must(await before.notes.create({ text: 'Old' }))
  await before.type(note, ' and new')
  await before.documents.flush()
  const after = await createDevice(2, new Map(before.documents.disk))
  expect(after.titles()).toEqual(['Old'])
  await after.read(note)
  await after.clock.pass(11_000)
  await after.until(() => after.writtenTitle(note) === 'Old and new')
})

test('a summary that a crash left behind is put right at the next start, and no other note is opened for it', async () => {
  const before = await createDevice(1)
  const { note } = must(await before.notes.create({ text: 'Old' }))
  must(await before.notes.create({ text: 'Another' }))
  await before.clock.pass(60_000)
  const edited = before.clock.now()
  await before.type(note, ' and new')
  await before.documents.flush()
  const { disk, marks } = before.documents
  const after = await createDevice(2, new Map(disk), structuredClone(marks))
  await after.clock.pass(3_600_000)
  const opened = after.documents.opened()
  await after.notes.catchUp()
  expect(after.writtenTitle(note)).toBe('Old and new')
  expect(after.home.get(note)?.row.updated, 'when it was edited, not when that was noticed').toBe(edited)
  expect(after.documents.opened() - opened).toBe(1)
  const third = await createDevice(3, new Map(after.documents.disk), structuredClone(after.documents.marks))
  const openedThen = third.documents.opened()
  await third.notes.catchUp()
  expect(third.documents.opened(), 'it is done').toBe(openedThen)
})

test('nothing is left to be caught up with once a summary is written, or its note deleted', async () => {
  const { notes, type, documents } = await createDevice()
  const { note } = must(await notes.create({}))
  const { note: doomed } = must(await notes.create({}))
  await type(note, 'Now')
  await type(doomed, 'Never')
  await notes.remove(doomed)
  await notes.flush()
  const opened = documents.opened()
  await notes.catchUp()
  expect(documents.opened()).toBe(opened)
})

test('who only looks on does not write the summary for what others type', async () => {
  const { notes, documents, clock, homeDocument } = await createDevice()
  const { note } = must(await notes.create({ text: 'Ours' }))
  const open = must(await notes.open(note))
  await clock.pass(20_000)
  const edits = homeDocument.edits()
  const elsewhere = await documents.open(note)
  elsewhere.doc.transact(() => textOf(elsewhere.doc).insert(0, 'Theirs and '), 'sync')
  await clock.pass(60_000)
  expect(open.text.text()).toBe('Theirs and Ours')
  expect(homeDocument.edits()).toBe(edits)
})

test('a text that has not arrived yet does not erase its title', async () => {
  const { notes, documents, clock, titles, read } = await createDevice()
  const { note } = must(await notes.create({ text: 'On its way' }))
  documents.disk.delete(note)
  await read(note)
  await clock.pass(60_000)
  expect(titles()).toEqual(['On its way'])
})

test('a note that nobody looks at any more is let go, and its last keystrokes still count', async () => {
  const { notes, type, documents, clock, until, writtenTitle } = await createDevice()
  const { note } = must(await notes.create({ text: 'x' }))
  await type(note, 'y')
  expect(documents.isOpen(note)).toBe(true)
  const closed = documents.whenClosed(note)
  await clock.pass(31_000)
  await until(() => writtenTitle(note) === 'xy')
  await closed
})

test('an edit made for an earlier life of the note is refused as stale', async () => {
  const { notes, clock, documents } = await createDevice()
  const { note } = must(await notes.create({ text: 'x' }))
  const first = must(await notes.open(note))
  const version = first.text.version()
  first.release()
  const closed = documents.whenClosed(note)
  await clock.pass(31_000)
  await closed
  const edit = () => notes.edit(note, version, [{ clientID: 't', changes: [1, [0, 'y']] }])
  expect(code(edit()), 'not open').toBe('no-note')
  must(await notes.open(note))
  expect(must(edit())).toEqual({ accepted: false })
})

test('deleting a note that is open lets go of it', async () => {
  const { notes, documents } = await createDevice()
  const { note } = must(await notes.create({ text: 'x' }))
  const open = must(await notes.open(note))
  must(await notes.remove(note))
  expect(documents.isOpen(note)).toBe(false)
  expect(code(await notes.edit(note, open.text.version(), []))).toBe('no-note')
  open.release()
})

test('a note that somebody else brings back while its deletion waits for the disk keeps its text', async () => {
  const { notes, home, documents, titles, read } = await createDevice()
  const { note } = must(await notes.create({ text: 'Wanted' }))
  const { created = 0, summary = null } = home.get(note)!.fields
  const { promise: disk, resolve: free } = Promise.withResolvers<void>()
  vi.spyOn(home, 'stored').mockReturnValueOnce(disk)
  const deleting = notes.remove(note)
  expect(titles()).toEqual([])
  must(home.write([{ note, fields: { created, summary, deleted: null } }]))
  const open = must(await notes.open(note))
  free()
  must(await deleting)
  expect(titles()).toEqual(['Wanted'])
  expect(documents.isOpen(note)).toBe(true)
  open.release()
  expect(await read(note)).toBe('Wanted')
})

test('a full disk is said, and leaves no title without its text', async () => {
  const { notes, documents, titles } = await createDevice()
  documents.refuse()
  expect(code(await notes.create({ text: 'x' }))).toBe('storage-refused')
  expect(titles()).toEqual([])
})

test('joining brings all notes under their ids, and twice is as good as once', async () => {
  const [mine, ours] = [await createDevice(1), await createDevice(2)]
  const { note } = must(await mine.notes.create({ text: 'Mine', folder: 'A' }))
  const { note: thrown } = must(await mine.notes.create({ text: 'Thrown away' }))
  must(await mine.notes.create({ text: '' }))
  must(mine.notes.trash(thrown))
  must(await ours.notes.create({ text: 'Ours' }))
  expect(must(await bring(mine.notes, ours.notes))).toBe(3)
  await mine.type(note, ' and more')
  await mine.notes.flush()
  expect(must(await bring(mine.notes, ours.notes))).toBe(3)
  expect(ours.titles().toSorted()).toEqual(['', 'Mine', 'Ours'])
  expect(ours.titles('trash')).toEqual(['Thrown away'])
  expect(await ours.read(note)).toBe('Mine and more')
  must(await ours.notes.remove(thrown))
  expect(must(await bring(mine.notes, ours.notes))).toBe(2)
  expect(ours.titles('trash')).toEqual([])
})

test('a brought text is the same Yjs state, so that later edits of both sides still meet', async () => {
  const [mine, ours] = [await createDevice(1), await createDevice(2)]
  const { note } = must(await mine.notes.create({ text: 'Same' }))
  must(await bring(mine.notes, ours.notes))
  const doc = new Y.Doc()
  for (const device of [mine, ours]) Y.applyUpdate(doc, device.documents.disk.get(note)!)
  expect(textOf(doc).toString()).toBe('Same')
})

test('who types in a note while another device deletes it for good finds it in the trash', async () => {
  const [here, there] = [await createDevice(1), await createDevice(2)]
  const { note } = must(await here.notes.create({ text: 'Plan' }))
  must(await bring(here.notes, there.notes))
  meet(here, there)
  const open = must(await there.notes.open(note))
  must(await here.notes.remove(note))
  meet(here, there)
  expect(there.titles()).toEqual([])
  must(await there.notes.edit(note, open.text.version(), [{ clientID: 't', changes: [4, [0, ' B']] }]))
  await there.notes.flush()
  meet(here, there)
  expect([there.titles('trash'), here.titles('trash')]).toEqual([['Plan B'], ['Plan B']])
  open.release()
})

test('whoever lets go of a note that was deleted lets go of nothing that was opened since', async () => {
  const device = await createDevice()
  const { note } = must(await device.notes.create({}))
  const before = must(await device.notes.open(note))
  must(await device.notes.remove(note))
  must(device.home.write([{ note, fields: { deleted: null, trashed: 0 } }]))
  const after = must(await device.notes.open(note))
  before.release()
  await device.clock.pass(60_000)
  await device.type(note, 'seen')
  expect(after.text.text()).toBe('seen')
})
