import type { Figure, Results } from './figures.ts'
import { axisOf, linesOf } from './plot.ts'
import { exponentOf } from './statistics.ts'
import { caseOf } from './table.ts'

/** How one measure grows with one number, all else equal. */
export interface Growth {
  readonly part: string
  readonly measure: string
  /** What grows, for example `notes`. */
  readonly axis: string
  /** What stayed the same, in words; empty where there is nothing else. */
  readonly rest: string
  /** By how many times the number grew. */
  readonly times: number
  /** Whether a person waits for it. */
  readonly isWaitedFor: boolean
  /** By contender: k of y = c·x^k. */
  readonly exponents: ReadonlyMap<string, number>
}

/** What a person waits for, of each part; the rest goes on by itself, or is no time. */
const WAITED_FOR: Readonly<Record<string, RegExp>> = {
  typing: /^key to /,
  starts: /./,
  'end-to-end': /^a key /,
  relay: /^from sending to delivery/,
  'compacted-log': /^from /,
  'many-notes': /^(a start|the first note opens|a note opens|longest from a key)/,
}

/** The figures of one measure, grouped by all that they were taken with but one number. */
const seriesOf = (figures: readonly Figure[]): readonly (readonly Figure[])[] => {
  const axes = [...new Set(figures.flatMap(figure => Object.keys(figure.with)))]
  return axes.flatMap(axis => {
    const rest = (figure: Figure): string => JSON.stringify({ ...figure.with, [axis]: null })
    return [...Map.groupBy(figures, rest).values()].filter(group => axisOf(group) === axis)
  })
}

const growthOf = (part: string, series: readonly Figure[]): Growth => {
  const axis = axisOf(series)!
  const [{ measure, with: first }] = series as readonly [Figure, ...Figure[]]
  const sizes = series.map(figure => Number(figure.with[axis]))
  return {
    part,
    measure,
    axis,
    rest: caseOf({ with: Object.fromEntries(Object.entries(first).filter(([name]) => name !== axis)) }),
    times: Math.max(...sizes) / Math.min(...sizes),
    isWaitedFor: WAITED_FOR[part]?.test(measure) ?? false,
    exponents: new Map(
      linesOf(series, axis).flatMap(({ name, points }) => {
        const exponent = exponentOf(points.map(({ x, y }) => [x, y]))
        return exponent === null ? [] : [[name, exponent] as const]
      }),
    ),
  }
}

/** Of every measure that was taken for several sizes. */
export const growthsIn = ({ part, figures }: Results): readonly Growth[] =>
  [...Map.groupBy(figures, figure => figure.measure).values()]
    .flatMap(seriesOf)
    .map(series => growthOf(part, series))
    .filter(({ exponents }) => exponents.size > 0)
