import { expect, it } from 'vitest'
import { selectionReading } from '../../../src/editor/selection-reading.ts'

const setup = () => {
  const selection = {} as Selection
  const root: { activeElement: Element | null; getSelection(): Selection | null } = {
    activeElement: null,
    getSelection: () => selection,
  }
  return { root, selection, reading: selectionReading(root) }
}

it('reads no selection while an editor is changed that nobody writes in', () => {
  const { root, selection, reading } = setup()
  const seen: (Selection | null)[] = []
  const look = () => void seen.push(root.getSelection())
  reading.duringChange(look)
  look()
  root.activeElement = {} as Element
  reading.duringChange(look)
  expect(seen).toEqual([null, selection, selection])
})

it('reads it again after a change that failed', () => {
  const { root, selection, reading } = setup()
  const fail = () => {
    throw new Error('no such position')
  }
  expect(() => reading.duringChange(fail)).toThrow('no such position')
  expect(root.getSelection()).toBe(selection)
})
