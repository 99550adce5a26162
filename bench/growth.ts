/**
 * How what was measured grows with what it was measured for: the exponents of the figures in bench/results, of every
 * measure that was taken for several sizes. 1 is in proportion, 0 not at all. `npm run bench -- growth`, after the others.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Figure, Results } from './support/figures.ts'
import { readOptions } from './support/options.ts'
import { axisOf, linesOf } from './support/plot.ts'
import { exponentOf } from './support/statistics.ts'

const { out } = readOptions()

const resultsIn = (folder: string): readonly Results[] => {
  try {
    return readdirSync(folder)
      .filter(file => file.endsWith('.json'))
      .map(file => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Results)
  } catch {
    return []
  }
}

/** The figures of one measure, grouped by all that they were taken with but one number. */
const seriesOf = (figures: readonly Figure[]): readonly (readonly Figure[])[] => {
  const axes = [...new Set(figures.flatMap(figure => Object.keys(figure.with)))]
  return axes.flatMap(axis => {
    const rest = (figure: Figure): string => JSON.stringify({ ...figure.with, [axis]: null })
    return [...Map.groupBy(figures, rest).values()].filter(group => axisOf(group) === axis)
  })
}

for (const { part, figures } of resultsIn(out))
  for (const [measure, own] of Map.groupBy(figures, figure => figure.measure))
    for (const series of seriesOf(own)) {
      const axis = axisOf(series)!
      console.log(`\n${part}: ${measure}, over ${axis}`)
      for (const { name, points } of linesOf(series, axis)) {
        const exponent = exponentOf(points.map(({ x, y }) => [x, y]))
        console.log(`  ${name.padEnd(32)} ${exponent === null ? '–' : exponent.toFixed(2)}`)
      }
    }
