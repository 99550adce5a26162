import { EditorState, Text } from '@codemirror/state'
import { expect, it } from 'vitest'
import { cursorOf, findCursor } from '../../../src/editor/cursor.ts'

const textOf = (text: string) => Text.of(text.split('\n'))

/** Where a cursor at `|` of one text stands in another. */
const moved = (before: string, after: string): string => {
  const head = before.indexOf('|')
  const state = EditorState.create({ doc: before.replace('|', ''), selection: { anchor: head } })
  const { anchor, head: found } = findCursor(textOf(after), cursorOf(state))
  expect(anchor).toBe(found)
  return `${after.slice(0, found)}|${after.slice(found)}`
}

it('finds its place again after others wrote before and behind it', () => {
  expect(moved('Milk, bread|, eggs', 'Shopping\nMilk, bread, eggs, tea')).toBe(
    'Shopping\nMilk, bread|, eggs, tea',
  )
  expect(moved('|Milk', 'Milk')).toBe('|Milk')
  expect(moved('Milk|', 'Milk')).toBe('Milk|')
})

it('takes the nearest of several places that look the same', () => {
  expect(moved('- a\n- a|\n- a', '- a\n- a\n- a')).toBe('- a\n- a|\n- a')
})

it('stays inside a text that has become another one', () => {
  expect(moved('A long text that is gone|', 'Short')).toBe('Short|')
})

it('keeps what was selected', () => {
  const state = EditorState.create({ doc: 'one two three', selection: { anchor: 4, head: 7 } })
  expect(findCursor(textOf('zero one two three'), cursorOf(state))).toEqual({ anchor: 9, head: 12 })
})
