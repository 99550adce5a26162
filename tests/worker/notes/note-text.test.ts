import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { MAX_NOTE_LENGTH } from '../../../protocol/limits.ts'
import { createNoteText } from '../../../worker/notes/note-text.ts'
import { applyReplacements } from '../../../worker/notes/text-changes.ts'
import { diffText } from '../../../worker/notes/text-diff.ts'
import { readText, textOf } from '../../../worker/notes/y-text.ts'
import { createMemoryDocuments } from '../../support/memory-documents.ts'
import { seededDice, seededRandom } from '../../support/seeded.ts'
import { must } from './setup.ts'

const NOTE = 'AAAAAAAAAAAAAAAAAAAAAQ'

const openText = async (initial: string, documents = createMemoryDocuments()) => {
  const open = await documents.open(NOTE)
  if (initial) textOf(open.doc).insert(0, initial)
  const text = createNoteText({ open, random: seededRandom(1) })
  return { open, text, shared: textOf(open.doc), documents }
}
const typed = (changes: unknown) => [{ clientID: 'tab', changes }]

test('an edit counts as one version, and everyone behind gets it', async () => {
  const { text, shared } = await openText('ab')
  const version = text.version()
  expect(must(text.edit(version, typed([1, [0, 'x', 'y'], 1])))).toEqual({
    accepted: true,
    version: version + 1,
  })
  expect([text.text(), shared.toString()]).toEqual(['ax\nyb', 'ax\nyb'])
  expect(text.since(version)).toEqual(typed([1, [0, 'x', 'y'], 1]))
  expect(text.since(version - 1)).toBeNull()
  expect(text.since(version + 2)).toBeNull()
})

test('a stale edit is refused whole', async () => {
  const { text } = await openText('ab')
  expect(must(text.edit(text.version() - 1, typed([2, [0, 'x']])))).toEqual({ accepted: false })
  expect(text.text()).toBe('ab')
})

test.each([
  ['of another length', [5, [0, 'x']]],
  ['that are no list', 'x'],
  ['with a negative step', [-1, [3]]],
  ['with half a unit', [0.5, [1.5]]],
  ['with a line end inside of a line', [2, [0, 'a\nb']]],
  ['with something else than text', [2, [0, 7]]],
])('changes %s are refused and change nothing', async (_, changes) => {
  const { text } = await openText('ab')
  const answer = text.edit(text.version(), typed(changes))
  expect(answer.ok ? '' : answer.error.code).toBe('bad-edit')
  expect(text.text()).toBe('ab')
})

test('a note does not grow past its limit', async () => {
  const { text } = await openText('ab')
  const answer = text.edit(text.version(), typed([2, [0, 'x'.repeat(MAX_NOTE_LENGTH)]]))
  expect(answer.ok ? '' : answer.error.code).toBe('note-too-long')
})

test.each([
  ['half of a character that was there is deleted', 'a😀b', [2, [1], 1]],
  ['something gets between the halves of a character', 'a😀b', [2, [0, 'x'], 2]],
  ['half a character is typed', 'ab', [1, [0, '\ud83d'], 1]],
  ['the halves come in the wrong order', 'ab', [1, [0, '\ude00\ud83d'], 1]],
  ['a carriage return is typed', 'ab', [1, [0, 'x\r', 'y\rz'], 1]],
])('when %s, the tab gets a correction and all agree', async (_, initial, changes) => {
  const { text, shared, open } = await openText(initial)
  const version = text.version()
  must(text.edit(version, typed(changes)))
  expect(text.text()).not.toMatch(/\p{Surrogate}|\r/u)
  expect(readText(shared)).toBe(text.text())
  expect(text.version()).toBe(version + 2)
  const elsewhere = new Y.Doc()
  Y.applyUpdate(elsewhere, Y.encodeStateAsUpdate(open.doc))
  expect(textOf(elsewhere).toString()).toBe(text.text())
})

test('both halves of a character in one batch are a character', async () => {
  const { text } = await openText('ab')
  const version = text.version()
  must(text.edit(version, [...typed([1, [0, '\ud83d'], 1]), ...typed([2, [0, '\ude00'], 1])]))
  expect(text.text()).toBe('a😀b')
  expect(text.version()).toBe(version + 2)
})

test('pictures and formats from other programs keep every position right', async () => {
  const { text, shared, open } = await openText('hello')
  shared.insertEmbed(2, { image: 'x' })
  shared.format(0, 3, { bold: true })
  expect(text.text()).toBe('he\uFFFCllo')
  must(text.edit(text.version(), typed([4, [0, '!'], 2])))
  expect(readText(shared)).toBe('he\uFFFCl!lo')
  const other = new Y.Doc()
  Y.applyUpdate(other, Y.encodeStateAsUpdate(open.doc))
  textOf(other).applyDelta([{ retain: 1, attributes: { bold: null } }, { insert: 'E' }, { delete: 1 }])
  Y.applyUpdate(open.doc, Y.encodeStateAsUpdate(other), 'remote')
  expect(text.text()).toBe('hE\uFFFCl!lo')
  must(text.edit(text.version(), typed([2, [1], 4])))
  expect(readText(shared)).toBe('hEl!lo')
})

test('a character that another program cut in two is followed', async () => {
  const { text, shared, open } = await openText('a😀b')
  const other = new Y.Doc()
  Y.applyUpdate(other, Y.encodeStateAsUpdate(open.doc))
  textOf(other).insert(2, 'x')
  Y.applyUpdate(open.doc, Y.encodeStateAsUpdate(other), 'remote')
  expect(text.text()).toBe(readText(shared))
  expect(text.text()).toContain('x')
})

test('a version is stored once the disk has it, and not before', async () => {
  const documents = createMemoryDocuments()
  const { text, shared } = await openText('ab', documents)
  await documents.flush()
  expect(text.stored()).toBe(text.version())
  documents.holdStorage()
  const before = text.version()
  must(text.edit(before, typed([2, [0, 'c']])))
  shared.insert(0, 'from elsewhere ')
  must(text.edit(text.version(), typed([18, [0, 'd']])))
  expect(text.stored()).toBe(before)
  documents.storeNow()
  expect(text.stored()).toBe(before + 3)
})

test('a version that changed nothing in the document is stored with the one before', async () => {
  const documents = createMemoryDocuments()
  const { text } = await openText('ab', documents)
  await documents.flush()
  must(text.edit(text.version(), typed([2])))
  await vi.waitFor(() => expect(text.stored()).toBe(text.version()))
})

test('who is too far behind has to begin anew', async () => {
  const { text } = await openText('')
  const start = text.version()
  for (let count = 0; count < 6000; count++)
    must(text.edit(text.version(), typed(count === 0 ? [[0, 'x']] : [count, [0, 'x']])))
  expect(text.since(start)).toBeNull()
  expect(text.since(text.version() - 100)).toHaveLength(100)
})

test('a difference is small, exact, and cuts no character', () => {
  const dice = seededDice(7)
  const line = () => dice.pick(['a\n', 'b\n', 'long line 😀\n', '😁\n', 'é', '\n', ''])
  for (let run = 0; run < 3000; run++) {
    const before = Array.from({ length: dice.below(12) }, line).join('')
    const after = Array.from({ length: dice.below(12) }, line).join('')
    const steps = diffText(before, after)
    expect(applyReplacements(before, steps)).toBe(after)
    expect(steps.map(({ insert }) => insert).join('')).not.toMatch(/\p{Surrogate}/u)
  }
  const many = Array.from({ length: 2000 }, (_, index) => `line ${index}`)
  const changed = many.with(3, 'three').with(1990, 'last')
  const steps = diffText(many.join('\n'), changed.join('\n'))
  expect(steps.map(({ insert }) => insert.length).every(length => length < 10)).toBe(true)
  expect(diffText('', 'x'.repeat(10))).toHaveLength(1)
  expect(diffText('same', 'same')).toEqual([])
})

test('TAB-1: a step that has a name is done once, in its order, and known to be in the text', async () => {
  const { text, open } = await openText('ab')
  const step = (count: number, changes: unknown) => ({ clientID: 'tab', count, changes })
  const steps = [step(1, [2, [0, 'c']]), step(2, [3, [0, 'd']])]
  must(text.edit(text.version(), steps))
  expect(text.since(text.version() - 2)).toEqual(steps)
  expect(text.counts()).toEqual({ tab: 2 })
  const outOfStep = { accepted: false, outOfStep: true }
  expect(must(text.edit(text.version(), [step(2, [4, [0, 'd']])])), 'again').toEqual(outOfStep)
  expect(must(text.edit(text.version(), [step(4, [4, [0, 'f']])])), 'one left out').toEqual(outOfStep)
  expect(text.text()).toBe('abcd')
  const later = createNoteText({ open, random: seededRandom(2) })
  expect(later.counts()).toEqual({ tab: 2 })
  must(later.edit(later.version(), [step(3, [4, [0, 'e']])]))
  expect(later.text()).toBe('abcde')
})

test('what waited behind a refused edit is refused too, though others moved the text to its version', async () => {
  const { text } = await openText('ab')
  const version = text.version()
  must(text.edit(version, [{ clientID: 'other', count: 1, changes: [[0, 'x'], 2] }]))
  expect(must(text.edit(version, [{ clientID: 'tab', count: 1, changes: [2, [0, 'c']] }]))).toEqual({
    accepted: false,
  })
  expect(must(text.edit(version + 1, [{ clientID: 'tab', count: 2, changes: [3, [0, 'd']] }]))).toEqual({
    accepted: false,
    outOfStep: true,
  })
  expect(text.text()).toBe('xab')
})

test('a step that changes nothing any more is counted, and its count stored without an update', async () => {
  const { text, open } = await openText('ab')
  await open.stored()
  const store = vi.spyOn(open, 'stored')
  must(text.edit(text.version(), [{ clientID: 'tab', count: 1, changes: [2] }]))
  expect(text.counts()).toEqual({ tab: 1 })
  expect(store).toHaveBeenCalledOnce()
})

test('whoever listens hears of an edit before it takes its way to the disk', async () => {
  const { text, shared } = await openText('ab')
  const heard: [string, string, boolean][] = []
  text.onChange(() => heard.push([text.text(), shared.toString(), text.stored() < text.version()]))
  must(text.edit(text.version(), typed([2, [0, 'c']])))
  expect(heard[0]).toEqual(['abc', 'ab', true])
  expect(shared.toString()).toBe('abc')
})
