import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { runSeeds, runSeedsAtOnce } from './run-seeds.ts'

const FIXED = 40

test('a seed plays the same again, wherever it is played', async () => {
  const [alone, among] = await Promise.all([runSeeds({ from: 3, count: 1 }), runSeeds({ from: 2, count: 2 })])
  expect(alone.traces[0]).toBe(among.traces[1])
  expect(among.traces[0]).not.toBe(among.traces[1])
})

test('whatever happens, nothing that was stored is lost, and every state shown is true', async () => {
  const report = await runSeedsAtOnce(1, FIXED, availableParallelism())
  const commands = report.failures.map(({ seed }) => `npm run simulate -- --seed ${seed}`)
  expect(commands).toEqual([])
})
