import { expect, test } from 'vitest'
import { keptFromJson } from '../../../src/editor/edit-keeper.ts'
import type { LeftEdits } from '../../../src/editor/edit-stash.ts'
import { createFirstWords, type Words } from '../../../src/editor/first-words.ts'

const setup = () => {
  const at = { text: '', frozen: false, handedOver: 0 }
  const taken: Words[] = []
  let composing = Promise.withResolvers<void>()
  composing.resolve()
  const words = createFirstWords(
    { note: 'note', workspace: 'workspace' },
    {
      read: () => ({ text: at.text, anchor: at.text.length, head: at.text.length, focused: true }),
      composed: () => composing.promise,
      freeze: () => {
        at.frozen = true
      },
      done: () => undefined,
    },
    () => {
      at.handedOver += 1
    },
  )
  return {
    at,
    words,
    taken,
    handOver: () => words.handOver(one => taken.push(one)),
    compose: () => {
      composing = Promise.withResolvers()
      return composing.resolve
    },
  }
}

const textOf = (left: LeftEdits | null): string | undefined => {
  if (!left) return undefined
  const { base, edits } = keptFromJson(left.edits)
  return edits.reduce((text, { changes }) => changes.apply(text), base).toString()
}

test('first words go to the editor once, with the place of the cursor, and count as unstored until then', async () => {
  const { at, words, taken, handOver } = setup()
  expect(words.allStored()).toBe(true)
  at.text = 'First words'
  expect(words.allStored()).toBe(false)
  await handOver()
  await handOver()
  expect(taken).toEqual([{ text: 'First words', anchor: 11, head: 11, focused: true }])
  expect([words.allStored(), at.handedOver]).toEqual([true, 1])
  expect(words.leave()).toBeNull()
})

test('an input method finishes its word first', async () => {
  const { at, taken, handOver, compose } = setup()
  const finish = compose()
  at.text = 'に'
  const handedOver = handOver()
  await Promise.resolve()
  expect(taken).toEqual([])
  at.text = '日本'
  finish()
  await handedOver
  expect(taken).toMatchObject([{ text: '日本' }])
})

test('words that are left are one step of one editor, however often they are asked for, and are handed over no more', async () => {
  const { at, words, taken, handOver } = setup()
  at.text = '# Two\nlines\n'
  const left = words.leave()
  expect(left).toMatchObject({
    note: 'note',
    workspace: 'workspace',
    edits: { edits: [{ own: true, count: 1 }] },
  })
  expect(textOf(left)).toBe('# Two\nlines\n')
  expect(at.frozen).toBe(true)
  expect(words.leave()).toEqual(left)
  await handOver()
  expect(taken).toEqual([])
  expect(words.allStored()).toBe(false)
})

test('where nothing was typed nothing is left, and the field goes on', async () => {
  const { at, words, taken, handOver } = setup()
  expect(words.leave()).toBeNull()
  expect(at.frozen).toBe(false)
  at.text = 'Back again'
  await handOver()
  expect(taken).toMatchObject([{ text: 'Back again' }])
})
