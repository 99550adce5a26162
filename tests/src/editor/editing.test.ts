import { expect, test } from 'vitest'
import { createEditing } from '../../../src/editor/editing.ts'
import type { NoteSessions } from '../../../src/editor/note-sessions.ts'
import type { EditingDeps } from '../../../src/editor/start-editing.ts'

const setup = () => {
  const calls: string[] = []
  const notes = {} as NoteSessions
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
  const editing = createEditing(code, {} as Document, () => ({}) as EditingDeps)
  return {
    editing,
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
