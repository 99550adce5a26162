/**
 * All figures as tables, with their pictures, which are drawn anew, in one page: README.md beside the results.
 * `npm run bench -- tables`, after the others.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Figure, Measured, Results } from './support/figures.ts'
import { readOptions } from './support/options.ts'
import { fileName } from './support/plot.ts'
import { drawResults, readResults } from './support/results.ts'
import { quantile } from './support/statistics.ts'
import { caseOf, inOrder, short } from './support/table.ts'

const { out } = readOptions()

const cell = (text: string): string => text.replaceAll('|', '\\|')

const measuredOf = (one: Measured | undefined): string => {
  if (!one) return ''
  if (one.samples.length === 0) return `failed: ${one.failed ?? 'no figure'}`
  const [low, middle, high] = [0.25, 0.5, 0.75].map(share => short(quantile(one.samples, share)))
  return one.samples.length === 1 ? middle! : `${middle} (${low} to ${high})`
}

const tableOf = (part: string, measure: string, figures: readonly Figure[]): readonly string[] => {
  const names = [...new Set(figures.flatMap(({ measured }) => measured.map(({ contender }) => contender)))]
  const [{ unit, better }] = figures as [Figure]
  const rows = figures.map(figure => {
    const values = names.map(name => measuredOf(figure.measured.find(({ contender }) => contender === name)))
    return [caseOf(figure), ...values].map(cell)
  })
  return [
    `### ${measure}`,
    '',
    `${unit === '' ? '' : `In ${unit}; `}${better} is better.`,
    '',
    `| | ${names.join(' | ')} |`,
    `|${'---|'.repeat(names.length + 1)}`,
    ...rows.map(row => `| ${row.join(' | ')} |`),
    '',
    `![${measure}](${part}-${fileName(measure)}.svg)`,
    '',
  ]
}

const pageOf = ({ part, takenAt, machine, rounds, small, versions, figures }: Results): readonly string[] => [
  `## ${part}`,
  '',
  `Taken on ${takenAt.slice(0, 10)}, ${rounds === 1 ? 'one round' : `${rounds} rounds`}${small ? ', on a small size: it shows that the part runs, and nothing else' : ''}: ${machine.cores} cores (${machine.processor}), ${Math.round(machine.memory / 2 ** 30)} GB, ${machine.system}, Node ${machine.node}. ${Object.entries(
    versions,
  )
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`.trim(),
  '',
  ...[...Map.groupBy(figures, ({ measure }) => measure)].flatMap(([measure, own]) =>
    tableOf(part, measure, inOrder(own)),
  ),
]

const parts = [...readResults(out).values()].filter(({ part }) => part !== 'growth')
const page = [
  '# Results',
  '',
  'Written by `npm run bench -- tables` from the files beside it. Medians, with the middle half of the rounds. What each part and each contender is stands in [the bench](../README.md).',
  '',
  ...parts.flatMap(pageOf),
]
writeFileSync(join(out, 'README.md'), page.join('\n'))
for (const results of parts) drawResults(out, results)
console.log(`Holdfast and all others, ${parts.length} parts: ${join(out, 'README.md')}`)
