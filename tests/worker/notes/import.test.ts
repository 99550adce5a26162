import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { MAX_NOTE_LENGTH } from '../../../protocol/limits.ts'
import { must } from './setup.ts'
import { createTransferDevice, file } from './transfer-setup.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const zip = (files: Record<string, string | Uint8Array>) =>
  zipSync(
    Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, typeof text === 'string' ? bytes(text) : text]),
    ),
  )
const NOTHING = { cancelled: false, added: 0, updated: 0, unchanged: 0, failed: [] }

test('a folder comes in with its folders, times and odd names', async () => {
  const { bringIn, home, contents } = await createTransferDevice()
  const time = Date.UTC(2020, 1, 2)
  const report = await bringIn(
    file('Notes/a.md', '# A\r\nline\r\n', time),
    file('Notes/Deep/er/🌍.markdown', '\uFEFFwith a mark'),
    file('Notes/empty.txt'),
    file(`Notes/${'long'.repeat(60)}.md`, 'long'),
    file('Notes/CON.md', 'reserved'),
    file('Notes/...dots....md', 'dots'),
  )
  expect(report).toEqual({ ...NOTHING, added: 6 })
  expect(await contents()).toContainEqual(['notes Notes/a.md', '# A\nline\n'])
  expect(await contents()).toContainEqual(['notes Notes/Deep/er/🌍.markdown', 'with a mark'])
  expect(await contents()).toContainEqual(['notes Notes/empty.txt', ''])
  expect(home.rows('notes').find(({ title }) => title === 'A')).toMatchObject({
    folder: 'Notes',
    updated: time,
  })
})

test('importing the same folder again changes nothing', async () => {
  const { bringIn } = await createTransferDevice()
  const folder = [
    file('N/a.md', 'same'),
    file('N/b.md', 'same'),
    file('N/empty.md'),
    file('N/.trash/t.md', 'same'),
  ]
  expect(await bringIn(...folder)).toEqual({ ...NOTHING, added: 4 })
  expect(await bringIn(...folder)).toEqual({ ...NOTHING, unchanged: 4 })
})

test('a file that changed updates its note where the note was not edited here', async () => {
  const { bringIn, contents, home } = await createTransferDevice()
  await bringIn(file('a.md', 'one\ntwo\nthree'))
  const [row] = home.rows('notes')
  expect(await bringIn(file('a.md', 'one\n2\nthree'))).toEqual({ ...NOTHING, updated: 1 })
  expect(await bringIn(file('a.md', 'one\n2\nthree'))).toEqual({ ...NOTHING, unchanged: 1 })
  expect(await contents()).toEqual([['notes a.md', 'one\n2\nthree']])
  expect(home.rows('notes')[0]?.id).toBe(row?.id)
})

test('a note that was edited here stays, and the old file is known', async () => {
  const { bringIn, contents, home, type, notes } = await createTransferDevice()
  await bringIn(file('a.md', 'one'))
  await type(home.rows('notes')[0]!.id, ' and mine')
  await notes.flush()
  expect(await bringIn(file('a.md', 'one'))).toEqual({ ...NOTHING, unchanged: 1 })
  expect(await contents()).toEqual([['notes a.md', 'one and mine']])
})

test('where both changed, the file becomes a second note, once', async () => {
  const { bringIn, contents, home, type, notes } = await createTransferDevice()
  await bringIn(file('a.md', 'one'))
  await type(home.rows('notes')[0]!.id, ' and mine')
  await notes.flush()
  expect(await bringIn(file('a.md', 'one and theirs'))).toEqual({ ...NOTHING, added: 1 })
  expect(await bringIn(file('a.md', 'one and theirs'))).toEqual({ ...NOTHING, unchanged: 1 })
  expect(await contents()).toEqual([
    ['notes a.md', 'one and mine'],
    ['notes a.md', 'one and theirs'],
  ])
})

test('an edit that the index does not know yet protects the note all the same', async () => {
  const { bringIn, contents, home, type } = await createTransferDevice()
  await bringIn(file('a.md', 'one'))
  await type(home.rows('notes')[0]!.id, ' and mine')
  expect(await bringIn(file('a.md', 'two'))).toEqual({ ...NOTHING, added: 1 })
  expect(await contents()).toEqual([
    ['notes a.md', 'one and mine'],
    ['notes a.md', 'two'],
  ])
})

test('two files of one path in one import never overwrite each other', async () => {
  const { bringIn, contents } = await createTransferDevice()
  await bringIn(file('a.md', 'old'))
  const both = [
    file('x.zip', zip({ 'a.md': 'first' })),
    file('y.zip', zip({ 'a.md': 'second', '/a.md': 'second' })),
  ]
  expect(await bringIn(...both)).toEqual({ ...NOTHING, added: 1, updated: 1, unchanged: 1 })
  expect((await contents()).map(([, text]) => text)).toEqual(['first', 'second'])
})

test('names that differ in normal form only are two files, and one file in another form is the same', async () => {
  const { bringIn } = await createTransferDevice()
  const [composed, decomposed] = [file('é.md'.normalize('NFC'), 'x'), file('é.md'.normalize('NFD'), 'x')]
  expect(await bringIn(composed)).toEqual({ ...NOTHING, added: 1 })
  expect(await bringIn(decomposed)).toEqual({ ...NOTHING, unchanged: 1 })
  const fresh = await createTransferDevice()
  expect(await fresh.bringIn(composed, decomposed)).toEqual({ ...NOTHING, added: 2 })
  expect(await fresh.bringIn(composed, decomposed)).toEqual({ ...NOTHING, unchanged: 2 })
})

test('a trashed note that is chosen again comes back as a note', async () => {
  const { bringIn, home, notes, titles } = await createTransferDevice()
  await bringIn(file('a.md', 'a'))
  must(notes.trash(home.rows('notes')[0]!.id))
  expect(await bringIn(file('a.md', 'a'))).toEqual({ ...NOTHING, added: 1 })
  expect([titles('notes'), titles('trash')]).toEqual([['a'], ['a']])
})

test('what cannot be a note is reported with the reason, and junk is passed over', async () => {
  const { bringIn } = await createTransferDevice()
  const utf16 = new Uint8Array([0xff, 0xfe, 0x68, 0, 0x69, 0])
  const { failed, ...rest } = await bringIn(
    file('F/photo.jpg', 'x'),
    file('F/latin1.md', new Uint8Array([0x66, 0xfc, 0x72])),
    file('F/utf16.txt', utf16),
    file('F/huge.md', 'x'.repeat(MAX_NOTE_LENGTH + 1)),
    file('F/inner.zip', zip({ 'a.md': 'x' })),
    file('F/.obsidian/workspace.md', 'x'),
    file('F/.DS_Store', 'x'),
    file('F/._a.md', 'x'),
    file('__MACOSX/a.md', 'x'),
    {
      path: 'F/gone.md',
      file: { size: 1, arrayBuffer: () => Promise.reject(new Error('NotReadableError')) },
    },
    {
      path: 'F/endless.md',
      file: { size: 1e12, arrayBuffer: () => Promise.reject(new Error('never read')) },
    },
  )
  expect(rest).toEqual({ cancelled: false, added: 1, updated: 0, unchanged: 0 })
  expect(Object.fromEntries(failed.map(({ path, reason }) => [path, reason]))).toEqual({
    'F/photo.jpg': 'It is not a Markdown or text file.',
    'F/latin1.md': 'It is not text in UTF-8 or UTF-16.',
    'F/huge.md': 'It is too long for a note.',
    'F/inner.zip': 'A zip archive inside of a folder is not opened. Choose it by itself.',
    'F/gone.md': 'It could not be read. It may have been moved or changed since it was chosen.',
    'F/endless.md': 'It is too long for a note.',
  })
})

test('names in an archive cannot leave it', async () => {
  const { bringIn, contents } = await createTransferDevice()
  await bringIn(
    file(
      'evil.zip',
      zip({
        '../../up.md': '1',
        '/etc/abs.md': '2',
        'C:\\win\\x.md': '3',
        'a/./b//c.md': '4',
        '__MACOSX/a/._c.md': '5',
      }),
    ),
  )
  expect((await contents()).map(([path]) => path)).toEqual([
    'notes a/b/c.md',
    'notes etc/abs.md',
    'notes up.md',
    'notes win/x.md',
  ])
})

const patched = (archive: Uint8Array, find: readonly number[], offset: number, value: number): Uint8Array => {
  const copy = archive.slice()
  for (let at = 0; at < copy.length - 4; at++)
    if (find.every((byte, index) => copy[at + index] === byte)) copy[at + offset] = value
  return copy
}
const CENTRAL = [0x50, 0x4b, 1, 2]

test('broken, encrypted and cut archives are reported, file by file where that is possible', async () => {
  const { bringIn } = await createTransferDevice()
  const good = zip({ 'a.md': 'some text that is packed, packed, packed, packed' })
  const broken = good.slice()
  broken[42]! ^= 0xff
  const reports = await bringIn(
    file('none.zip', 'no zip at all'),
    file('cut.zip', good.slice(0, -30)),
    file('locked.zip', patched(good, CENTRAL, 8, 1)),
    file('broken.zip', broken),
    file('sum.zip', patched(good, CENTRAL, 16, 0)),
    file('bzip2.zip', patched(good, CENTRAL, 10, 12)),
  )
  expect(reports.added).toBe(0)
  expect(reports.failed.map(({ path }) => path)).toEqual([
    'none.zip',
    'cut.zip',
    'locked.zip: a.md',
    'broken.zip: a.md',
    'sum.zip: a.md',
    'bzip2.zip: a.md',
  ])
  expect(reports.failed[2]?.reason).toBe('It is protected with a password.')
})

test('a zip bomb is refused, even one that lies about its size', async () => {
  const { bringIn } = await createTransferDevice()
  const bomb = zip({ 'bomb.md': new Uint8Array(60_000_000) })
  // It claims to be small: the size is at 24 of the central header.
  const lying = patched(patched(bomb, CENTRAL, 26, 0), CENTRAL, 27, 0)
  const { failed } = await bringIn(file('bomb.zip', bomb), file('lying.zip', lying))
  expect(failed.map(({ path }) => path)).toEqual(['bomb.zip: bomb.md', 'lying.zip: bomb.md'])
}, 30_000)

test('cancelling keeps what is there and says so', async () => {
  const { bringIn, transfer, titles } = await createTransferDevice()
  const files = Array.from({ length: 1000 }, (_, index) => file(`n/${index}.md`, `${index}`))
  transfer.subscribe(() => {
    if ((transfer.get()?.done ?? 0) >= 250) transfer.cancel()
  })
  const report = await bringIn(...files)
  expect(report.cancelled).toBe(true)
  expect(report.added).toBeGreaterThanOrEqual(250)
  expect(report.added).toBeLessThan(300)
  expect(titles()).toHaveLength(report.added)
  expect(await bringIn(...files.slice(0, report.added))).toMatchObject({ added: 0, unchanged: report.added })
})

test('a full disk ends the import with a reason', async () => {
  const { bringIn, documents, titles } = await createTransferDevice()
  documents.refuse()
  const { failed, added } = await bringIn(file('a.md', 'x'), file('b.md', 'y'))
  expect(added).toBe(0)
  expect(failed[0]?.reason).toContain('no space left')
  expect(titles()).toEqual([])
})

test('one import or export runs at a time', async () => {
  const { bringIn, transfer, takeOut } = await createTransferDevice()
  const running = bringIn(file('a.md', 'x'))
  await expect(takeOut()).rejects.toThrow('busy')
  await running
  expect(transfer.get()).toBeNull()
})

test('five thousand files come in, and again without a change', async () => {
  const { bringIn, transfer, home } = await createTransferDevice()
  const files = Array.from({ length: 5000 }, (_, index) =>
    file(`n/${index % 40}/${index}.md`, `# Note ${index}\n${'text '.repeat(200)}`),
  )
  let reports = 0
  transfer.subscribe(() => reports++)
  expect((await bringIn(...files)).added).toBe(5000)
  expect((await bringIn(...files)).unchanged).toBe(5000)
  expect(home.rows('notes')).toHaveLength(5000)
  expect(reports).toBeGreaterThan(5000)
}, 60_000)
