import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { HAPPENINGS, RELAY_HAPPENINGS } from './faults.ts'
import { type Report, runSeeds, runSeedsAtOnce } from './run-seeds.ts'

const FIXED = 400
const FRESH = 200

/** In how many different situations each process has to die in the fixed set, at the least. */
const DEATHS: Readonly<Record<string, number>> = { worker: 20, 'service worker': 6, relay: 4 }

const commandsFor = ({ failures }: Report): string[] =>
  failures.map(({ seed }) => `npm run simulate -- --seed ${seed}`)

/** What happens inside, besides what was done to it: times for every hundred seeds, at the least. */
const CONSEQUENCES: Readonly<Record<string, number>> = {
  'worker killed in its work': 20,
  'service worker killed in its work': 6,
  'storage really evicted': 5,
  'profile really copied': 4,
  'device really removed': 6,
  'entry of somebody who was out left out': 1.5,
  'set aside: envelope-keys': 1,
  'answer lost': 1,
  'message doubled': 80,
  'log compacted': 150,
  'compaction alone': 100,
  'compaction with edits on their way': 10,
  'compaction with pending structs': 0.25,
  'compaction with entries set aside': 16,
  'relay refuses replace-conflict': 5,
  'audit: never compared': 100,
  'audit: nothing confirmed yet': 6,
  'audit: other log': 160,
  'audit: shorter log': 14,
  'audit: wrong stamp': 1,
  'audit: set aside': 55,
  'audit: want answered': 14,
  'audit: content waits for what is missing': 1,
  'audit: something was lacking': 20,
  'audit: confirmed and not there': 2,
  'audit: compaction': 70,
  'audit: asked by another device': 22,
  'first reading': 710,
  'want asked': 30,
  'want answered': 18,
  'want settled by an audit': 14,
  'set aside: envelope-malformed': 40,
  'set aside: envelope-member': 6,
  'set aside: envelope-signature': 45,
  'gap in a chain noticed': 30,
  'outbox entry written': 140,
  'outbox entry replaced': 120,
  'outbox entry delivered': 140,
  'outbox entry refused': 140,
  'document unloaded': 660,
  'everybody idle': 6,
  'delivered receipt checked': 660,
  'note really made': 20,
  'note really trashed': 16,
  'note really restored': 2,
  'note really deleted': 1,
  'trash really emptied': 0.25,
  'files really imported': 4,
  'database really lost': 5,
  'sync really turned off': 4,
  'sync really turned on again': 2.5,
  'relay failed': 170,
  'relay forges': 120,
  'relay repeats': 40,
  'relay swaps': 15,
  'relay withholds': 16,
  'relay confirms what it drops': 15,
  'relay deceives one device': 12,
  'shown refused': 22,
  'word written': 540,
  'word deleted': 40,
  'two relays': 30,
  'relay really added': 2,
  'relay really removed': 20,
  'all together beside a relay that is down': 4,
  'all together beside a relay that lies': 7,
  'one device between relays': 12,
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
  for (const { name } of HAPPENINGS) expect(report.counts[name] ?? 0, name).toBeGreaterThan(FIXED / 20)
  for (const { name } of RELAY_HAPPENINGS) expect(report.counts[name] ?? 0, name).toBeGreaterThan(FIXED / 40)
  const rare = Object.entries(CONSEQUENCES).flatMap(([what, times]) => {
    const [seen, least] = [report.counts[what] ?? 0, (times * FIXED) / 100]
    return seen < least ? [`${what}: ${seen} of ${least}`] : []
  })
  expect(rare).toEqual([])
  for (const [process, situations] of Object.entries(DEATHS)) {
    const died = Object.keys(report.counts).filter(what => what.startsWith(`${process} killed before: `))
    expect(died.length, `situations in which the ${process} was killed`).toBeGreaterThanOrEqual(situations)
  }
})

test('the same holds for stories that nobody has played before', async () => {
  const report = await runSeedsAtOnce(randomInt(1_000, 2 ** 31), FRESH, availableParallelism())
  expect(commandsFor(report)).toEqual([])
})
