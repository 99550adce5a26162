import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { type Coverage, createWorld } from './world.ts'

/**
 * A failing seed is played again with `SEEDS=<seed> npx vitest run --project simulation`; `SEED_COUNT` asks for more.
 */
const FIXED = 60
const AT_ONCE = 6
const STEPS = 40
/** A failing seed takes long to give up on; all of them together still must not hang. */
const TIMEOUT_MS = 60_000 + 1_000 * Number(process.env.SEED_COUNT ?? FIXED)

const seeds = process.env.SEEDS
  ? process.env.SEEDS.split(',').map(Number)
  : Array.from({ length: Number(process.env.SEED_COUNT ?? FIXED) }, (_, index) => index + 1)

test(
  'whatever happens between devices and a relay, nothing that was stored is lost or doubled',
  async () => {
    const coverage: Coverage = new Map()
    const failures: string[] = []
    const queue = [...seeds]
    const play = async (): Promise<void> => {
      for (let seed = queue.shift(); seed !== undefined; seed = queue.shift()) {
        const world = await createWorld(seed, coverage)
        await world.run(STEPS)
        const problems = await world.settle()
        if (problems.length > 0) failures.push(`seed ${seed}: ${problems.slice(0, 8).join('; ')}`)
        if (problems.length > 0) console.error(failures.at(-1))
        await world.end()
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, play))

    expect(failures).toEqual([])
    if (process.env.SEEDS) return
    const often = [
      'device killed',
      'relay killed',
      'relay really emptied',
      'relay really rolled back',
      'network gone',
      'receipt checked',
      'log compacted',
    ]
    for (const fault of often) expect(coverage.get(fault) ?? 0, fault).toBeGreaterThan(seeds.length / 20)
  },
  TIMEOUT_MS,
)
