import { expect, test } from 'vitest'
import { runSeeds } from './run-seeds.ts'
import { VARIANTS } from './variants/index.ts'

/** A simulation that notices nothing would pass as well as one that finds nothing. */
const WITHIN = 1_000
const TIMEOUT_MS = 5 * 60_000

test.each(VARIANTS)(
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
