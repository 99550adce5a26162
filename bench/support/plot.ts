import type { Figure, Results } from './figures.ts'
import { median } from './statistics.ts'
import { caseOf, inOrder, short } from './table.ts'

export interface Plot {
  /** Part of a file's name. */
  readonly name: string
  readonly svg: string
}

interface Point {
  readonly x: number
  readonly y: number
}

interface Line {
  readonly name: string
  readonly points: readonly Point[]
}

const WIDTH = 800
const LEFT = 90
const RIGHT = 240
/** Where the names of bars end and the bars begin. */
const BARS = 240
const TOP = 48
const ROW = 22
const HEIGHT = 300
const COLOURS = ['#1f6b57', '#b3541e', '#3b5ba5', '#8a4f9e', '#77701c', '#a3324e', '#4d7f8f', '#666666']

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const text = (x: number, y: number, content: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escaped(content)}</text>`

const frame = (height: number, title: string, body: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#333" role="img" aria-label="${escaped(title)}">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
${text(12, 22, title, 'font-size="14" font-weight="600"')}
${body.join('\n')}
</svg>
`

/** Powers of ten from below the smallest value to above the largest. */
const decades = (values: readonly number[]): readonly number[] => {
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index))
}

const scale =
  (ticks: readonly number[], from: number, to: number) =>
  (value: number): number => {
    const [low, high] = [Math.log10(ticks[0]!), Math.log10(ticks.at(-1)!)]
    return from + ((Math.log10(value) - low) / (high - low)) * (to - from)
  }

const colourOf = (names: readonly string[], name: string): string =>
  COLOURS[names.indexOf(name) % COLOURS.length]!

/** Both axes are logarithmic: what grows as a power of x is a straight line, and its slope the exponent. */
const lineChart = (title: string, axis: string, unit: string, lines: readonly Line[]): string => {
  const points = lines.flatMap(line => line.points)
  const [columns, rows] = [decades(points.map(({ x }) => x)), decades(points.map(({ y }) => y))]
  const x = scale(columns, LEFT, WIDTH - RIGHT)
  const y = scale(rows, TOP + HEIGHT, TOP)
  const names = lines.map(({ name }) => name)
  const body = [
    ...rows.map(
      value =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>${text(LEFT - 8, y(value) + 4, `${short(value)} ${unit}`, 'text-anchor="end"')}`,
    ),
    ...columns.map(
      value =>
        `<line y1="${TOP}" y2="${TOP + HEIGHT}" x1="${x(value)}" x2="${x(value)}" stroke="#eee"/>${text(x(value), TOP + HEIGHT + 18, short(value), 'text-anchor="middle"')}`,
    ),
    text((LEFT + WIDTH - RIGHT) / 2, TOP + HEIGHT + 38, axis, 'text-anchor="middle"'),
    ...lines.flatMap(({ name, points: own }, index) => {
      const colour = colourOf(names, name)
      const path = own.map(point => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(' ')
      return [
        `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...own.map(
          point =>
            `<circle cx="${x(point.x).toFixed(1)}" cy="${y(point.y).toFixed(1)}" r="3" fill="${colour}"/>`,
        ),
        `<rect x="${WIDTH - RIGHT + 16}" y="${TOP + index * ROW}" width="12" height="12" fill="${colour}"/>`,
        text(WIDTH - RIGHT + 34, TOP + index * ROW + 10, name),
      ]
    }),
  ]
  return frame(TOP + HEIGHT + 52, title, body)
}

const barChart = (title: string, figures: readonly Figure[]): string => {
  const bars = figures.flatMap(figure =>
    figure.measured
      .filter(({ samples }) => samples.length > 0)
      .map(({ contender, samples }) => ({ figure, contender, value: median(samples) })),
  )
  const names = [...new Set(bars.map(({ contender }) => contender))]
  const most = Math.max(...bars.map(({ value }) => value))
  const wide = WIDTH - BARS - 140
  let line = TOP
  let last: Figure | null = null
  const body = bars.flatMap(({ figure, contender, value }) => {
    const heading = figure !== last && caseOf(figure) !== '' ? [text(12, line + 14, caseOf(figure))] : []
    last = figure
    line += heading.length * ROW
    const width = most > 0 ? Math.max(1, (value / most) * wide) : 1
    const bar = [
      text(BARS - 8, line + 13, contender, 'text-anchor="end"'),
      `<rect x="${BARS}" y="${line + 2}" width="${width.toFixed(1)}" height="${ROW - 6}" fill="${colourOf(names, contender)}"/>`,
      text(BARS + width + 8, line + 13, `${short(value)} ${figure.unit}`),
    ]
    line += ROW
    return [...heading, ...bar]
  })
  return frame(line + 12, title, body)
}

const numbersOf = (figures: readonly Figure[], axis: string): readonly number[] => [
  ...new Set(figures.map(figure => figure.with[axis]).filter(value => typeof value === 'number')),
]

/** The one number that grows through these figures while all else stays; null where there is none. */
export const axisOf = (figures: readonly Figure[]): string | null => {
  const axes = Object.keys(figures[0]?.with ?? {})
  const changing = axes.filter(axis => new Set(figures.map(figure => figure.with[axis])).size > 1)
  const [axis] = changing
  if (changing.length !== 1 || axis === undefined) return null
  const numbers = numbersOf(figures, axis)
  return numbers.length === figures.length && numbers.every(value => value > 0) ? axis : null
}

/** Of each contender, what was measured along the axis. */
export const linesOf = (figures: readonly Figure[], axis: string): readonly Line[] => {
  const names = new Set(figures.flatMap(({ measured }) => measured.map(({ contender }) => contender)))
  return [...names].map(name => ({
    name,
    points: figures
      .flatMap(figure => {
        const samples = figure.measured.find(({ contender }) => contender === name)?.samples ?? []
        return samples.length > 0 ? [{ x: Number(figure.with[axis]), y: median(samples) }] : []
      })
      .sort((a, b) => a.x - b.x),
  }))
}

/** Of the picture of a measure, without the part's name. */
export const fileName = (measure: string): string => measure.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

/** One picture for each measure: lines where something grows, bars where not. */
export const plot = ({ figures }: Results): readonly Plot[] => {
  const byMeasure = Map.groupBy(figures, ({ measure }) => measure)
  return [...byMeasure].map(([measure, some]) => {
    const own = inOrder(some)
    const axis = axisOf(own)
    const lines = axis === null ? [] : linesOf(own, axis).filter(({ points }) => points.length > 0)
    const canLog = lines.length > 0 && lines.every(({ points }) => points.every(({ y }) => y > 0))
    const svg =
      axis !== null && canLog ? lineChart(measure, axis, own[0]!.unit, lines) : barChart(measure, own)
    return { name: fileName(measure), svg }
  })
}
