import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { HAPPENINGS } from './faults.ts'
import { type Report, runSeeds, runSeedsAtOnce } from './run-seeds.ts'

const FIXED = 120
const FRESH = 30

/** In how many different situations each process has to die in the fixed set, at the least. */
const DEATHS: Readonly<Record<string, number>> = { worker: 15, 'service worker': 8, relay: 4 }

const commandsFor = ({ failures }: Report): string[] =>
  failures.map(({ seed }) => `npm run simulate -- --seed ${seed}`)

/** What happens inside, besides what was done to it: times for every hundred seeds, at the least. */
const CONSEQUENCES: Readonly<Record<string, number>> = {
  'worker killed in its work': 30,
  'service worker killed in its work': 5,
  'storage really evicted': 10,
  'profile really copied': 10,
  'answer lost': 3,
  'message doubled': 20,
  'log compacted': 300,
  'compaction alone': 200,
  'compaction with edits on their way': 50,
  'compaction with pending structs': 4,
  'compaction with entries set aside': 80,
  'relay refuses replace-conflict': 80,
  'audit: never compared': 80,
  'audit: nothing confirmed yet': 15,
  'audit: other log': 400,
  'audit: shorter log': 25,
  'audit: wrong stamp': 10,
  'audit: set aside': 200,
  'audit: want answered': 30,
  'audit: content waits for what is missing': 8,
  'audit: something was lacking': 80,
  'audit: confirmed and not there': 10,
  'audit: compaction': 150,
  'audit: asked by another device': 300,
  'first reading': 500,
  'want asked': 80,
  'want answered': 40,
  'want settled by an audit': 40,
  'set aside: envelope-malformed': 100,
  'set aside: envelope-member': 25,
  'set aside: envelope-signature': 200,
  'gap in a chain noticed': 100,
  'outbox entry written': 250,
  'outbox entry replaced': 250,
  'outbox entry delivered': 250,
  'outbox entry refused': 200,
  'document unloaded': 800,
  'everybody idle': 5,
  'delivered receipt checked': 600,
  'note really made': 50,
  'note really trashed': 30,
  'note really restored': 6,
  'note really deleted': 6,
  'trash really emptied': 1,
  'files really imported': 8,
  'database really lost': 8,
  'sync really turned off': 8,
  'sync really turned on again': 8,
  'relay failed': 5,
  'relay forges': 10,
  'relay repeats': 10,
  'relay swaps': 5,
  'relay withholds': 5,
  'relay confirms what it drops': 5,
  'relay deceives one device': 3,
  'shown refused': 3,
  'word written': 500,
  'word deleted': 50,
}

test('a seed plays the same again, wherever it is played', async () => {
  const [alone, among] = await Promise.all([runSeeds({ from: 3, count: 1 }), runSeeds({ from: 2, count: 2 })])
  expect(alone.traces[0]).toBe(among.traces[1])
  expect(among.traces[0]).not.toBe(among.traces[1])
})

test('a run that is stopped tells of what was played', async () => {
  const stopping = new AbortController()
  const { seeds, traces, failures } = await runSeedsAtOnce(1, 100_000, 2, {
    signal: stopping.signal,
    onPart: () => stopping.abort(),
  })
  expect(seeds).toBeGreaterThan(0)
  expect(seeds).toBeLessThan(100_000)
  expect(traces).toHaveLength(seeds)
  expect(failures).toEqual([])
})

test('whatever happens, nothing that was stored is lost, and every state shown is true', async () => {
  const report = await runSeedsAtOnce(1, FIXED, availableParallelism())
  expect(commandsFor(report)).toEqual([])
  for (const { name } of HAPPENINGS) expect(report.counts[name] ?? 0, name).toBeGreaterThan(FIXED / 10)
  for (const [what, times] of Object.entries(CONSEQUENCES))
    expect(report.counts[what] ?? 0, what).toBeGreaterThanOrEqual((times * FIXED) / 100)
  for (const [process, situations] of Object.entries(DEATHS)) {
    const died = Object.keys(report.counts).filter(what => what.startsWith(`${process} killed before: `))
    expect(died.length, `situations in which the ${process} was killed`).toBeGreaterThanOrEqual(situations)
  }
})

test('the same holds for stories that nobody has played before', async () => {
  const report = await runSeedsAtOnce(randomInt(1_000, 2 ** 31), FRESH, availableParallelism())
  expect(commandsFor(report)).toEqual([])
})
