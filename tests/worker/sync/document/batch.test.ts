import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createBatch } from '../../../../worker/sync/document/batch.ts'
import { createManualClock } from '../../../support/manual-clock.ts'

const setup = (withPeople: boolean) => {
  const clock = createManualClock()
  const began = clock.now()
  const world = { withPeople }
  const doc = new Y.Doc()
  const there = new Y.Doc()
  /** When something was cut, and what the other device then had, in the order of cutting. */
  const cuts: [number, string][] = []
  const batch = createBatch({
    clock,
    people: () => world.withPeople,
    cut: update => {
      Y.applyUpdate(there, update)
      cuts.push([clock.now() - began, there.getText('text').toJSON()])
    },
  })
  doc.on('update', batch.add)
  const text = doc.getText('text')
  const press = (key: string): void => text.insert(text.length, key)
  return {
    clock,
    press,
    world,
    cuts,
    batch,
    /** Types keys with this time between them, and waits for what is left. */
    type: async (keys: string, apart: number) => {
      for (const key of keys) {
        press(key)
        await clock.pass(apart)
      }
      await clock.pass(1_000)
    },
  }
}

test('SYNC-6: with people a key goes at once, and as many envelopes come of keys as there are keys', async () => {
  const { type, cuts } = setup(true)
  await type('fast', 50)
  expect(cuts).toEqual([
    [0, 'f'],
    [50, 'fa'],
    [100, 'fas'],
    [150, 'fast'],
  ])
})

test('SYNC-6: with people keys that follow closer go together, no more often than every 50 ms', async () => {
  const { type, cuts } = setup(true)
  await type('abcdefghij', 20)
  expect(cuts).toEqual([
    [0, 'a'],
    [50, 'abc'],
    [100, 'abcde'],
    [150, 'abcdefgh'],
    [200, 'abcdefghij'],
  ])
})

test('changes that are made in one go are not taken apart, though the first goes at once', async () => {
  const { press, cuts, clock } = setup(true)
  press('a')
  press('b')
  expect(cuts).toEqual([])
  await clock.pass(0)
  expect(cuts).toEqual([[0, 'ab']])
})

test('SYNC-6: alone they wait for each other, and fewer envelopes come of them', async () => {
  const { type, cuts } = setup(false)
  await type('abcdefghij', 100)
  expect(cuts).toEqual([
    [250, 'abc'],
    [550, 'abcdef'],
    [850, 'abcdefghi'],
    [1150, 'abcdefghij'],
  ])
})

test('what waits because nobody was there goes with the next key once somebody comes', async () => {
  const { press, world, cuts, clock } = setup(false)
  press('a')
  await clock.pass(100)
  world.withPeople = true
  expect(cuts).toEqual([])
  press('b')
  await clock.pass(0)
  expect(cuts).toEqual([[100, 'ab']])
})

test('SYNC-6: what is large goes at once, and what is flushed goes before its time', async () => {
  const { press, batch, cuts, clock } = setup(false)
  press('a')
  batch.flush()
  expect(cuts).toEqual([[0, 'a']])
  press('b')
  press('c'.repeat(4_096))
  expect(cuts.at(-1)).toEqual([0, `ab${'c'.repeat(4_096)}`])
  expect(batch.size()).toBe(0)
  await clock.pass(1_000)
  expect(cuts.length).toBe(2)
})
