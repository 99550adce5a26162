import { expect, test } from 'vitest'
import { extended, toggled, visible } from '../../../src/notes/selection.ts'

const order = ['a', 'b', 'c', 'd']

test('a note is selected, and again not', () => {
  const one = toggled(new Set(), 'a')
  expect([...one]).toEqual(['a'])
  expect([...toggled(one, 'a')]).toEqual([])
})

test('a range goes from where one began to where one is, either way, and adds to what was selected', () => {
  expect([...extended(new Set(['d']), order, 'a', 'c')].toSorted()).toEqual(['a', 'b', 'c', 'd'])
  expect([...extended(new Set(), order, 'd', 'c')].toSorted()).toEqual(['c', 'd'])
  expect([...extended(new Set(), order, null, 'b')]).toEqual(['b'])
  expect([...extended(new Set(), order, 'gone', 'b')]).toEqual(['b'])
})

test('what the list does not show is not selected', () => {
  const both = new Set(['a', 'gone'])
  expect([...visible(both, order)]).toEqual(['a'])
  const shown = new Set(['a', 'b'])
  expect(visible(shown, order)).toBe(shown)
})
