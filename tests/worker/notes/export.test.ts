import fc from 'fast-check'
import { unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import { must } from './setup.ts'
import { createTransferDevice, file } from './transfer-setup.ts'

const unpack = async (source: { file: { arrayBuffer(): Promise<ArrayBuffer> } }) =>
  Object.fromEntries(
    Object.entries(unzipSync(new Uint8Array(await source.file.arrayBuffer()))).map(([name, bytes]) => [
      name,
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
    ]),
  )

test('notes are exported as files named for their titles, in their folders, with the trash apart', async () => {
  const { notes, exported } = await createTransferDevice()
  must(await notes.create({ text: '# Same: title?\n1', folder: 'Work' }))
  must(await notes.create({ text: '# same title\n2', folder: 'Work' }))
  must(await notes.create({ text: '' }))
  must(await notes.create({ text: 'CON' }))
  must(await notes.create({ text: '...' }))
  const { note } = must(await notes.create({ text: 'Old' }))
  must(notes.trash(note))
  expect(Object.keys(await unpack(await exported())).toSorted()).toEqual([
    '.trash/Old.md',
    'CON note.md',
    'Untitled 2.md',
    'Untitled.md',
    expect.stringMatching(/^Work\/(Same title|same title)( 2)?\.md$/),
    expect.stringMatching(/^Work\/(Same title|same title)( 2)?\.md$/),
  ])
})

test('an export that is imported where it came from changes nothing, in whatever way it is chosen', async () => {
  const { notes, exported, bringIn, contents } = await createTransferDevice()
  await bringIn(file('Top/a.md', 'a'), file('Top/b/c.txt', 'c'))
  must(await notes.create({ text: 'Written here', folder: 'Top' }))
  const { note } = must(await notes.create({ text: 'Thrown away' }))
  must(notes.trash(note))
  const archive = await exported()
  const before = await contents()
  expect(await bringIn(archive)).toMatchObject({ added: 0, updated: 0, unchanged: 4, failed: [] })
  const unpacked = Object.entries(await unpack(archive)).map(([path, text]) =>
    file(`notes (1)/${path}`, text),
  )
  expect(await bringIn(...unpacked)).toMatchObject({ added: 0, updated: 0, unchanged: 4, failed: [] })
  expect(await contents()).toEqual(before)
})

test('the same empty note in the list and in the trash stays two notes', async () => {
  const { notes, exported } = await createTransferDevice()
  must(await notes.create({ folder: 'A' }))
  const { note } = must(await notes.create({ folder: 'A' }))
  must(notes.trash(note))
  const other = await createTransferDevice(2)
  expect(await other.bringIn(await exported())).toMatchObject({ added: 2, unchanged: 0 })
})

test('cancelling an export gives no archive', async () => {
  const { notes, takeOut, transfer } = await createTransferDevice()
  for (let count = 0; count < 60; count++) must(await notes.create({ text: `${count}` }))
  transfer.subscribe(() => {
    if (transfer.get()?.done === 50) transfer.cancel()
  })
  expect(await takeOut()).toEqual({ archive: null, notes: 0, missing: 0 })
})

test('an export keeps no document in memory, and says when a note was changed', async () => {
  const { notes, exported, documents, home, bringIn } = await createTransferDevice()
  const { note } = must(await notes.create({ text: 'x' }))
  const archive = await exported()
  expect(documents.isOpen(note)).toBe(false)
  expect(documents.shown).not.toContain(note)
  const other = await createTransferDevice(2)
  await other.bringIn(archive)
  const there = other.home.rows('notes')[0]!.updated
  expect(Math.abs(there - home.rows('notes')[0]!.updated)).toBeLessThan(3000)
  await bringIn(file('ancient.md', 'x', 0))
  expect(Object.keys(await unpack(await exported()))).toContain('ancient.md')
})

test('a note whose text has not arrived here is counted, not exported as an empty file', async () => {
  const { notes, takeOut, documents, home } = await createTransferDevice()
  const { note } = must(await notes.create({ text: 'Elsewhere' }))
  must(await notes.create({ text: '' }))
  await documents.remove(note)
  expect(home.get(note)?.row.title).toBe('Elsewhere')
  const { archive, ...counts } = await takeOut()
  expect(counts).toEqual({ notes: 1, missing: 1 })
  expect(Object.keys(await unpack({ file: archive! }))).toEqual(['Untitled.md'])
})

const scrap = fc.constantFrom(
  'a',
  'A',
  'é',
  'e\u0301',
  '😀',
  '.',
  '..',
  ' ',
  'con',
  '-',
  '2',
  '\\',
  ':',
  '\u0000',
  '~',
  'ß',
  '×'.repeat(60),
)
const name = fc.array(scrap, { minLength: 1, maxLength: 4 }).map(parts => parts.join(''))
const path = fc
  .tuple(
    fc.array(name, { maxLength: 3 }),
    name,
    fc.constantFrom('.md', '.MD', '.txt', '.markdown'),
    fc.boolean(),
  )
  .map(([folders, stem, extension, trashed]) =>
    [...(trashed ? ['.trash'] : []), ...folders, stem + extension].join('/'),
  )
const content = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom('# T', '\n', '\r\n', '\uFEFF', 'x', '😀', ' '), { maxLength: 6 })
    .map(parts => parts.join('')),
)

test('whatever the names and texts: an export comes in again as the same notes, and changes nothing at home', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(path, content), { maxLength: 12 }),
      fc.array(fc.tuple(content, name, fc.boolean()), { maxLength: 6 }),
      async (files, written) => {
        const device = await createTransferDevice(1)
        const first = await device.bringIn(...files.map(([path, text]) => file(path, text)))
        expect(first.failed).toEqual([])
        for (const [text, folder, trashed] of written) {
          const { note } = must(await device.notes.create({ text, folder }))
          if (trashed) must(device.notes.trash(note))
        }
        const before = await device.contents()
        const archive = await device.exported()
        const again = await device.bringIn(archive)
        expect(again).toEqual({
          cancelled: false,
          added: 0,
          updated: 0,
          unchanged: before.length,
          failed: [],
        })
        expect(await device.contents()).toEqual(before)

        const other = await createTransferDevice(2)
        const moved = await other.bringIn(archive)
        expect(moved).toEqual({
          cancelled: false,
          added: before.length,
          updated: 0,
          unchanged: 0,
          failed: [],
        })
        expect((await other.contents()).map(([, text]) => text).toSorted()).toEqual(
          before.map(([, text]) => text).toSorted(),
        )
        // The paths are those of the first export from then on.
        expect(await unpack(await other.exported())).toEqual(await unpack(archive))
      },
    ),
    { numRuns: Number(process.env.FUZZ_RUNS ?? 200) },
  )
}, 300_000)
