import 'fake-indexeddb/auto'
import { parseArgs } from 'node:util'
import { createCensus } from './census.ts'
import { installHooks } from './engine/hooks.ts'
import { VARIANTS } from './variants/index.ts'

/**
 * Plays seeds in a process that does nothing else: `--from`, `--count` and `--step` say which, `--trace` tells of
 * everything that happens. `--variant` breaks a rule, and stops at the first seed that notices. Each second or so there
 * is a line with a `Report` of what was played meanwhile, as JSON.
 */
const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    step: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    variant: { type: 'string' },
  },
})

// Keys that nobody may take out of a browser are still used by node:crypto here, which warns of it.
process.noDeprecation = true
const variant = VARIANTS.find(({ rule }) => rule === values.variant)
installHooks(new Map(variant ? [[variant.replaces, variant.by]] : []))
const { createPlayer } = await import('./play.ts')
const { tell } = await import('./tell.ts')
const player = await createPlayer()
// What is made once in a process must not be made in the middle of the first seed only.
await player.play(0, createCensus())

const TELL_EVERY_MS = 1_000
const [from, count, step] = [Number(values.from), Number(values.count), Number(values.step)]
let census = createCensus()
let traces: string[] = []
let failures: { seed: number; problems: readonly string[] }[] = []
let began = performance.now()

/** Tells of all that was played since it told last. */
const report = (): void => {
  const milliseconds = performance.now() - began
  const counts = Object.fromEntries(census.counts)
  console.log(JSON.stringify({ seeds: traces.length, milliseconds, failures, traces, counts }))
  census = createCensus()
  traces = []
  failures = []
  began += milliseconds
}

for (let seed = from; seed < from + count * step; seed += step) {
  const { problems, trace } = await player.play(seed, census, values.trace ? tell : undefined)
  traces.push(trace)
  if (problems.length > 0) {
    failures.push({ seed, problems })
    if (variant) break // it is caught
    process.stderr.write(`seed ${seed}:\n  ${problems.slice(0, 12).join('\n  ')}\n`)
  }
  if (performance.now() - began > TELL_EVERY_MS) report()
}
report()
