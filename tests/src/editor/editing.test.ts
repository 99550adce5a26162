import { expect, test } from 'vitest'
import { createEditing } from '../../../src/editor/editing.ts'
import type { WordsField } from '../../../src/editor/first-words.ts'
import type { NoteSessions } from '../../../src/editor/note-sessions.ts'
import type { EditingDeps } from '../../../src/editor/start-editing.ts'
import { createUnstoredEdits } from '../../../src/editor/unstored-edits.ts'

const setup = () => {
  const calls: string[] = []
  const left: string[] = []
  const edits = createUnstoredEdits()
  const notes = {
    takeOver: ({ unstored }) => left.push(...unstored.map(({ note }) => note)),
  } as Partial<NoteSessions> as NoteSessions
  let broken = false
  const code = async () => {
    calls.push('code')
    if (broken) throw new Error('offline')
    return {
      startEditing: () => {
        calls.push('start')
        return notes
      },
      warmUp: () => void calls.push('warm up'),
    }
  }
  const editing = createEditing({ code, page: {} as Document, edits, editing: () => ({}) as EditingDeps })
  /** Somebody types into a new note whose editor is not there. */
  const write = (note: string, text: string) => {
    let done = false
    const field: WordsField = {
      read: () => ({ text, anchor: 0, head: 0, focused: true }),
      composed: async () => undefined,
      freeze: () => undefined,
      done: () => {
        done = true
      },
    }
    return { words: editing.begin({ note }, field), isDone: () => done }
  }
  return {
    editing,
    edits,
    write,
    left,
    notes,
    calls,
    breakIt: (is: boolean) => {
      broken = is
    },
  }
}

test('the editor is started once, whoever asks how often', async () => {
  const { editing, notes, calls } = setup()
  expect(editing.loaded()).toBeNull()
  const [one, other] = await Promise.all([editing.load(), editing.load()])
  expect([one, other, editing.loaded()]).toEqual([notes, notes, notes])
  expect(calls).toEqual(['code', 'start'])
})

test('with time to spare it is made ready; not where somebody has asked for it already', async () => {
  const early = setup()
  await early.editing.prepare()
  expect(early.calls.at(-1)).toBe('warm up')
  const late = setup()
  await late.editing.load()
  await late.editing.prepare()
  expect(late.calls).not.toContain('warm up')
})

test('what could not be loaded is tried again', async () => {
  const { editing, notes, breakIt } = setup()
  breakIt(true)
  await expect(editing.load()).rejects.toThrow('offline')
  expect(editing.loaded()).toBeNull()
  breakIt(false)
  expect(await editing.load()).toBe(notes)
})

test('first words are unstored until the editor has them, and the field goes then', async () => {
  const { editing, edits, write } = setup()
  const { words, isDone } = write('note', 'Words')
  expect([edits.allStored(), editing.firstWords('note'), editing.firstWords('other')]).toEqual([
    false,
    words,
    null,
  ])
  await words.handOver(() => undefined)
  expect([edits.allStored(), isDone(), editing.firstWords('note')]).toEqual([true, true, null])
})

test('first words that were left behind wait for the code of the editor, also where it came only at a second try', async () => {
  const { editing, edits, write, left, breakIt } = setup()
  breakIt(true)
  const { words, isDone } = write('note', 'Words')
  editing.leaveBehind(words)
  expect(editing.firstWords('note')).toBeNull()
  await expect(editing.load()).rejects.toThrow('offline')
  expect([left, edits.allStored()]).toEqual([[], false])
  expect(editing.leaveWords()).toMatchObject([{ note: 'note' }])
  breakIt(false)
  await editing.load()
  expect([left, isDone(), editing.leaveWords()]).toEqual([['note'], true, []])
})

test('first words that are left behind once the editor is there are stored at once; an empty field just goes', async () => {
  const { editing, edits, write, left } = setup()
  await editing.load()
  const [some, none] = [write('some', 'Words'), write('none', '')]
  editing.leaveBehind(some.words)
  editing.leaveBehind(none.words)
  expect([left, some.isDone(), none.isDone(), edits.allStored()]).toEqual([['some'], true, true, true])
})
