import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DocumentId } from '../../../protocol/ids.ts'
import { copyNotes } from '../../../worker/notes/copy-notes.ts'
import { createDevice, type Device, must } from './setup.ts'

const placeOf = ({ documents, home }: Device) => ({ documents, home })
const COPY: DocumentId = 'CCCCCCCCCCCCCCCCCCCCCA'

const two = async () => {
  const here = await createDevice(1)
  const there = await createDevice(2)
  const { note } = must(await here.notes.create({ text: '# Tides\nlow at six', folder: 'Sea' }))
  await here.notes.flush()
  const transfer = (keep: boolean, below?: string) =>
    copyNotes({
      from: here.notes,
      into: placeOf(there),
      copies: [{ note, as: COPY }],
      keep,
      ...(below !== undefined && { below }),
    })
  return { here, there, note, transfer }
}

test('a copy has text, title, dates and folder of its note, and an id of its own', async () => {
  const { here, there, note, transfer } = await two()
  await here.clock.pass(60_000)
  expect(must(await transfer(true))).toEqual([COPY])
  expect(await there.read(COPY)).toBe('# Tides\nlow at six')
  expect(there.home.get(COPY)?.row).toEqual({ ...here.home.get(note)?.row, id: COPY })
  expect(there.home.get(COPY)?.fields.created).toBe(here.home.get(note)?.fields.created)
  expect(here.titles()).toEqual(['Tides'])
})

test('what a note was before is not in its copy', async () => {
  const { here, there, note, transfer } = await two()
  await here.type(note, ' secret')
  const { text, release } = must(await here.notes.open(note))
  const [at, all] = [text.text().indexOf(' secret'), text.text().length]
  must(await here.notes.edit(note, text.version(), [{ clientID: 'tab', changes: [at, [all - at]] }]))
  release()
  must(await transfer(true))
  const stored = [...(there.documents.disk.get(COPY) ?? [])].map(byte => String.fromCharCode(byte)).join('')
  expect(stored).toContain('low at six')
  expect(stored).not.toContain('secret')
})

test('moving leaves nothing behind; doing it again finds it done', async () => {
  const { here, there, note, transfer } = await two()
  expect(must(await transfer(false, 'From home'))).toEqual([COPY])
  expect([here.titles(), here.titles('trash')]).toEqual([[], []])
  expect(here.documents.disk.has(note)).toBe(false)
  expect(there.home.get(COPY)?.row.folder).toBe('From home/Sea')
  expect(must(await transfer(false))).toEqual([COPY])
  expect(there.titles()).toEqual(['Tides'])
})

test('an empty note is copied and moved, too', async () => {
  const { here, there } = await two()
  const { note } = must(await here.notes.create({}))
  must(await copyNotes({ from: here.notes, into: placeOf(there), copies: [{ note, as: COPY }], keep: false }))
  expect(there.titles()).toEqual([''])
  expect(here.home.get(note)?.place).toBe('gone')
})

test('with no room for the copy, the note stays where it is', async () => {
  const { here, there, transfer } = await two()
  there.documents.refuse()
  expect(await transfer(false)).toMatchObject({ error: { code: 'storage-refused' } })
  expect([here.titles(), there.titles()]).toEqual([['Tides'], []])
})

test('a note that is not there any more is said to be gone', async () => {
  const { here, note, transfer } = await two()
  must(await here.notes.remove(note))
  expect(await transfer(false)).toMatchObject({ error: { code: 'no-note' } })
})

test('a move that was interrupted and a copy that was typed in since: both stay', async () => {
  const { here, there, transfer } = await two()
  must(await transfer(true)) // the copy is stored, and the worker ended before the note was deleted
  await there.type(COPY, ', and more')
  must(await transfer(false))
  expect(await there.read(COPY)).toBe('# Tides\nlow at six, and more')
  expect(here.titles()).toEqual(['Tides'])
})

test('whatever is typed while a note moves, and wherever it is cut short, every letter is in one of the two', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(12), { maxLength: 6 }),
      fc.option(fc.nat(40), { nil: null }),
      async (pauses, cutAfter) => {
        const { here, there, note, transfer } = await two()
        if (cutAfter !== null) {
          // The disk of the target stops for good after so many turns, as when the worker ends.
          void (async () => {
            for (let turn = 0; turn < cutAfter; turn++) await null
            there.documents.holdStorage()
          })()
        }
        let typed = ''
        const typing = (async () => {
          for (const [index, pause] of pauses.entries()) {
            for (let turn = 0; turn < pause * 5; turn++) await null
            const letter = String.fromCharCode(0x4e00 + index)
            const open = await here.notes.open(note)
            if (!open.ok) return
            const { text, release } = open.value
            const changes = [text.text().length, [0, letter]]
            const answer = await here.notes.edit(note, text.version(), [{ clientID: 'tab', changes }])
            if (answer.ok && answer.value.accepted) typed += letter
            release()
          }
        })()
        const moving = transfer(false)
        if (cutAfter === null) await moving
        else await Promise.race([moving, new Promise(resolve => setTimeout(resolve, 20))])
        await typing
        const left = here.home.get(note)?.place === 'gone' ? '' : await here.read(note)
        const disk = await createDevice(3, there.documents.disk, there.documents.marks)
        const moved = disk.home.get(COPY) ? await disk.read(COPY) : ''
        for (const letter of typed) expect(left + moved).toContain(letter)
        expect(left + moved).toContain('low at six')
      },
    ),
    { numRuns: 60 },
  )
})
