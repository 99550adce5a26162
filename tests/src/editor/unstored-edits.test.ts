import { expect, it } from 'vitest'
import { createEditStash } from '../../../src/editor/edit-stash.ts'
import { createUnstoredEdits } from '../../../src/editor/unstored-edits.ts'

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

it('carries edits over a reload once, and only once', () => {
  const kept = new Map<string, string>()
  const stash = createEditStash({
    getItem: key => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: key => void kept.delete(key),
  })
  const unstored = [{ note: 'n', edits: { editor: 'e', base: 'a', edits: [] } }]
  const writing = { note: 'n', anchor: 1, head: 1, before: 'a' }
  const nothing = { unstored: [], writing: null }
  stash.put({ unstored, writing })
  expect(stash.take()).toEqual({ unstored, writing })
  expect(stash.take()).toEqual(nothing)
  stash.put({ unstored, writing: null })
  stash.put(nothing)
  expect(stash.take()).toEqual(nothing)
})
