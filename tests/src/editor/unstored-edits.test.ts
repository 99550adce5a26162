import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createUnstoredEdits } from '../../../src/editor/unstored-edits.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('waits until every note says that it is stored', async () => {
  const edits = createUnstoredEdits()
  const stored = { one: false, two: false }
  edits.add({ note: 'one', allStored: () => stored.one })
  const two = { note: 'two', allStored: () => stored.two }
  edits.add(two)
  let resolved = false
  const waiting = edits.whenAllStored().then(() => {
    resolved = true
  })
  stored.one = true
  edits.changed()
  await Promise.resolve()
  expect(resolved).toBe(false)
  edits.remove(two)
  await waiting
})

it('tells what is on its way from what nobody takes, and says so as it changes', () => {
  const edits = createUnstoredEdits()
  const is = { stored: false, refused: false }
  edits.add({ note: 'one', allStored: () => is.stored, isRefused: () => is.refused })
  const told: string[] = []
  edits.onChange(() => told.push(edits.pending()))
  expect(edits.pending()).toBe('storing')
  is.refused = true
  edits.changed()
  edits.add({ note: 'two', allStored: () => false })
  is.refused = false
  is.stored = true
  edits.changed()
  expect(told).toEqual(['refused', 'storing'])
})

it('says at once that something is being stored, and that all is stored once that has held', () => {
  const edits = createUnstoredEdits()
  let stored = true
  edits.add({ note: 'one', allStored: () => stored })
  const told: string[] = []
  edits.onChange(() => told.push(edits.pending()))
  const set = (is: boolean) => {
    stored = is
    edits.changed()
  }
  for (let key = 0; key < 5; key++) {
    set(false)
    vi.advanceTimersByTime(20)
    set(true)
    vi.advanceTimersByTime(280)
  }
  expect(told).toEqual(['storing'])
  expect(edits.allStored()).toBe(true)
  vi.advanceTimersByTime(500)
  expect(told).toEqual(['storing', 'none'])
  set(false)
  expect(told).toEqual(['storing', 'none', 'storing'])
})
