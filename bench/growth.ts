/**
 * How what was measured grows with what it was measured for: the exponents of the figures in bench/results, of every
 * measure that was taken for several sizes. 1 is in proportion, 0 not at all. `npm run bench -- growth`, after the others.
 */
import { type Growth, growthsIn } from './support/exponents.ts'
import type { Figure } from './support/figures.ts'
import { readOptions } from './support/options.ts'
import { readResults, writeResults } from './support/results.ts'

const options = readOptions({ rounds: 1 })
const HOLDFAST = 'Holdfast'
/** What the issue asks for, by the names that the parts give to it. */
const AXES: Readonly<Record<string, readonly string[]>> = {
  notes: ['notes', 'MB of notes'],
  'text length': ['bytes of note', 'bytes at the start'],
  tabs: ['tabs'],
  devices: ['clients', 'clients in each', 'rooms'],
  history: ['edits', 'keys', 'changes'],
}

const nameOf = ({ part, measure, rest }: Growth): string =>
  `${part}: ${measure}${rest === '' ? '' : ` (${rest})`}`

const figureOf = (growth: Growth): Figure => ({
  measure: `how it grows with ${growth.axis}`,
  with: { of: nameOf(growth), ...(growth.isWaitedFor ? { waited: 'waited for' } : {}) },
  unit: '',
  better: 'less',
  measured: [...growth.exponents].map(([contender, exponent]) => ({ contender, samples: [exponent] })),
})

const parts = [...readResults(options.out).values()].filter(({ part }) => part !== 'growth')
const growths = parts.flatMap(growthsIn)
for (const growth of growths) {
  console.log(`\n${nameOf(growth)}, over ${growth.axis}${growth.isWaitedFor ? ' · waited for' : ''}`)
  for (const [name, exponent] of growth.exponents) console.log(`  ${name.padEnd(32)} ${exponent.toFixed(2)}`)
}

console.log('\nTaken of Holdfast over a tenfold:')
for (const [what, names] of Object.entries(AXES)) {
  const own = growths.filter(({ axis, exponents }) => names.includes(axis) && exponents.has(HOLDFAST))
  const wide = own.filter(({ times }) => times >= 10)
  const where = [...new Set(wide.map(({ part }) => part))].join(', ')
  const narrow = own.filter(growth => !wide.includes(growth)).map(nameOf)
  const less = narrow.length === 0 ? '' : `; over less than that: ${narrow.join('; ')}`
  console.log(`  ${what.padEnd(12)} ${where === '' ? 'nothing' : `in ${where}`}${less}`)
}

const waitedFor = growths
  .filter(({ isWaitedFor }) => isWaitedFor)
  .map(figureOf)
  .map(figure => ({
    ...figure,
    measured: figure.measured.filter(({ contender }) => contender === HOLDFAST),
  }))
writeResults('growth', options, {}, growths.map(figureOf), waitedFor)
