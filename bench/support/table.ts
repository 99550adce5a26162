import type { Figure, Measured } from './figures.ts'
import { median, quantile } from './statistics.ts'

const HOLDFAST = 'Holdfast'

/** Three figures that count, without an exponent. */
export const short = (value: number): string => {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 1000) return Math.round(value).toLocaleString('en-GB')
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
}

const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? what.replace(/^(\w+)s\b/, '$1') : what}`

export const caseOf = (figure: Pick<Figure, 'with'>): string =>
  Object.entries(figure.with)
    .map(([what, value]) => (typeof value === 'number' ? counted(value, what) : value))
    .join(', ')

/** The smallest cases first. */
export const inOrder = (figures: readonly Figure[]): readonly Figure[] => {
  const axes = Object.keys(figures[0]?.with ?? {})
  const difference = (one: Figure, other: Figure): number => {
    const axis = axes.find(each => one.with[each] !== other.with[each])
    return axis === undefined ? 0 : Number(one.with[axis]) - Number(other.with[axis])
  }
  return figures.toSorted((one, other) => difference(one, other) || 0) // a name is no number
}

/** How many times as good Holdfast is: above 1 it leads. */
const leadOf = ({ better, measured }: Figure, other: Measured): number => {
  const own = measured.find(({ contender }) => contender === HOLDFAST)
  if (!own || other.contender === HOLDFAST) return Number.NaN
  const [ours, theirs] = [median(own.samples), median(other.samples)]
  return better === 'less' ? theirs / ours : ours / theirs
}

const lineOf = (figure: Figure, one: Measured): string => {
  const name = `  ${one.contender}`.padEnd(34)
  if (one.failed !== undefined) return `${name} failed: ${one.failed}`
  const [low, middle, high] = [0.25, 0.5, 0.75].map(share => short(quantile(one.samples, share)))
  const lead = leadOf(figure, one)
  const ratio = Number.isFinite(lead) ? `Holdfast × ${short(lead)}` : ''
  return `${name} ${middle!.padStart(10)} ${figure.unit.padEnd(8)} ${`(${low} to ${high})`.padEnd(24)} ${ratio}`
}

/** One block for each figure, one line for each contender: median, the middle half, and how Holdfast compares. */
export const printFigures = (figures: readonly Figure[]): void => {
  for (const figure of figures) {
    const about = caseOf(figure)
    console.log(`\n${figure.measure}${about === '' ? '' : `, ${about}`} (${figure.better} is better)`)
    for (const one of figure.measured) console.log(lineOf(figure, one))
  }
}
