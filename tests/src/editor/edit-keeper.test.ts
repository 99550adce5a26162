import { ChangeSet, Text } from '@codemirror/state'
import { describe, expect, it } from 'vitest'
import {
  createEditKeeper,
  keepOn,
  keptFromJson,
  keptToJson,
  missingFrom,
  reachOf,
} from '../../../src/editor/edit-keeper.ts'

const text = (of: string) => Text.of(of.split('\n'))
const insert = (length: number, at: number, what: string) => ChangeSet.of({ from: at, insert: what }, length)

/** A history in which one types `letters` at the end of `base`, one by one. */
const typed = (base: string, letters: string) => ({
  base: text(base),
  edits: [...letters].map((letter, index) => ({
    changes: insert(base.length + index, base.length + index, letter),
    own: true,
  })),
})

const recovered = (history: Parameters<typeof missingFrom>[0], fresh: string, counted?: number) =>
  missingFrom(history, text(fresh), reachOf(history, counted))
    .steps.reduce((now, step) => step.apply(now), text(fresh))
    .toString()

describe('after a new worker, every own edit is in the text once', () => {
  const history = typed('kelp ', 'holds on')

  it.each(['kelp ', 'kelp h', 'kelp hold', 'kelp holds on'])('when the disk has %j', disk => {
    expect(recovered(history, disk)).toBe('kelp holds on')
  })

  it('when another device has added something meanwhile', () => {
    expect(recovered(history, 'Some kelp ho')).toBe('Some kelp holds on')
  })

  it('when the same letter is typed many times', () => {
    for (const known of [0, 1, 3, 5]) expect(recovered(typed('', 'aaaaa'), 'a'.repeat(known))).toBe('aaaaa')
  })

  it('and what other tabs wrote is left for them to bring back', () => {
    const base = text('start')
    const mine = insert(5, 5, ' mine')
    const theirs = insert(10, 0, 'theirs ')
    const more = insert(17, 17, '!')
    const edits = [
      { changes: mine, own: true },
      { changes: theirs, own: false },
      { changes: more, own: true },
    ]
    expect(recovered({ base, edits }, 'start')).toBe('start mine!')
    expect(recovered({ base, edits }, 'theirs start mine')).toBe('theirs start mine!')
  })

  it('and what other tabs have brought back first does not pass for it', () => {
    const edits = [
      { changes: insert(4, 4, ' one'), own: true },
      { changes: insert(8, 0, 'something much longer '), own: false },
    ]
    expect(recovered({ base: text('base'), edits }, 'something much longer base')).toBe(
      'something much longer base one',
    )
  })

  it('and deletions are done again, not undone', () => {
    const history = {
      base: text('one two three'),
      edits: [{ changes: ChangeSet.of({ from: 3, to: 7 }, 13), own: true }],
    }
    expect(recovered(history, 'one two three')).toBe('one three')
    expect(recovered(history, 'one three')).toBe('one three')
  })

  it('also by way of a reload of the page', () => {
    const reloaded = keptFromJson(JSON.parse(JSON.stringify(keptToJson('me', history))))
    expect(recovered(reloaded, 'kelp hol')).toBe('kelp holds on')
  })
})

describe('where the worker has counted the steps, it is exact', () => {
  const counted = (base: string, letters: string) => {
    const { base: start, edits } = typed(base, letters)
    return { base: start, edits: edits.map((edit, index) => ({ ...edit, count: index + 1 })) }
  }

  it('even if somebody else typed the same letter at the same place', () => {
    expect(recovered(counted('', 'a'), 'a', 0)).toBe('aa')
    expect(recovered(counted('', 'a'), 'a', 1)).toBe('a')
  })

  it('even if others have taken out again what was stored after all', () => {
    const history = counted('Begun', ' and closed')
    expect(recovered(history, 'Begun', 11)).toBe('Begun')
    expect(recovered(history, 'Begun an', 8)).toBe('Begun ansed')
  })

  it('and does what is missing as the very steps that it was', () => {
    const history = counted('kelp ', 'holds')
    const { steps, index } = missingFrom(history, text('Some kelp ho'), reachOf(history, 2))
    expect([steps.length, index]).toEqual([3, 2])
  })

  it('with what others did in between', () => {
    const theirs = { changes: insert(7, 0, 'Some '), own: false }
    const last = { changes: insert(12, 12, 'lds'), own: true, count: 3 }
    const { base, edits } = counted('kelp ', 'ho')
    const history = { base, edits: [...edits, theirs, last] }
    expect(recovered(history, 'kelp h', 1)).toBe('kelp holds')
    expect(recovered(history, 'Some kelp h', 1)).toBe('Some kelp holds')
    expect(recovered(history, 'kelp ho', 2)).toBe('kelp holds')
    expect(recovered(history, 'Some kelp ho', 2)).toBe('Some kelp holds')
    expect(recovered(history, 'Some kelp holds', 3)).toBe('Some kelp holds')
  })
})

it('keeps what is in a text that came anew until that text is stored', () => {
  const history = typed('kelp ', 'holds')
  const fresh = text('Some kelp hol')
  const keeper = keepOn(history, 3, fresh, 90)
  expect(keeper.isStored()).toBe(false)
  expect(recovered(keeper.history([]), 'kelp ')).toBe('kelp hol')
  keeper.stored(90)
  expect(keeper.isStored()).toBe(true)
  expect(keeper.history([]).base.eq(fresh)).toBe(true)
})

describe('keeps edits until they are read back', () => {
  const own = (version: number) => ({ changes: insert(version - 1, 0, 'x'), own: true, version })

  it('and not one longer or shorter', () => {
    const keeper = createEditKeeper(text(''), 0)
    keeper.received([own(1), own(2)])
    expect(keeper.isStored()).toBe(false)
    keeper.stored(1)
    expect(keeper.isStored()).toBe(false)
    keeper.stored(2)
    expect(keeper.isStored()).toBe(true)
    expect(keeper.history([]).base.toString()).toBe('xx')
  })

  it('whether the worker stores them before or after it sends them back', () => {
    const keeper = createEditKeeper(text(''), 0)
    keeper.stored(1)
    keeper.received([own(1)])
    expect(keeper.isStored()).toBe(true)
  })

  it('and does not wait for what others wrote', () => {
    const keeper = createEditKeeper(text(''), 0)
    keeper.received([{ ...own(1), own: false }])
    expect(keeper.isStored()).toBe(true)
  })
})
