import { expect, test } from 'vitest'
import { runSeeds } from './run-seeds.ts'
import { VARIANTS } from './variants/index.ts'

/**
 * A simulation that notices nothing would pass as well as one that finds nothing. Those that take long are played with
 * `VARIANTS=all npx vitest run --project simulation tests/simulation/variants.test.ts`.
 */
const WITHIN = 1_000
const TIMEOUT_MS = 15 * 60_000
const played = VARIANTS.filter(({ isPlain }) => isPlain || process.env.VARIANTS === 'all')

test.each(played)(
  'who breaks $rule is caught',
  async ({ rule }) => {
    const broken = await runSeeds({ from: 1, count: WITHIN, variant: rule })
    const [caught] = broken.failures
    expect(caught, `${rule} was broken for ${WITHIN} seeds`).toBeDefined()
    const whole = await runSeeds({ from: caught!.seed, count: 1 })
    expect(whole.failures).toEqual([])
  },
  TIMEOUT_MS,
)
