import type { ChartPoint } from '../../protocol/sync.ts'

interface Frame {
  readonly begin: number
  readonly end: number
  /** The value at the upper edge. */
  readonly top: number
  readonly width: number
  readonly height: number
}

const place = (frame: Frame, { at, value }: ChartPoint): readonly [number, number] => {
  const { begin, end, top, width, height } = frame
  const x = ((Math.max(at, begin) - begin) / (end - begin)) * width
  return [Math.round(x * 10) / 10, Math.round((height - (value / top) * height) * 10) / 10]
}

/** The path of a value that holds until it changes: an SVG path in steps, up to the end of the frame. */
export const stepPath = (points: readonly ChartPoint[], frame: Frame): string => {
  const steps = points.map(point => place(frame, point))
  if (steps.length === 0) return ''
  const [first, ...rest] = steps as [readonly [number, number], ...(readonly [number, number])[]]
  return `M${first[0]} ${first[1]}${rest.map(([x, y]) => `H${x}V${y}`).join('')}H${frame.width}`
}

/** One dot for each value in the frame. */
export const dots = (points: readonly ChartPoint[], frame: Frame): readonly (readonly [number, number])[] =>
  points.filter(({ at }) => at >= frame.begin).map(point => place(frame, point))

/** A round number that is not below the highest value, so that the scale does not tremble. */
export const roundTop = (points: readonly ChartPoint[], least: number): number => {
  const highest = Math.max(least, ...points.map(({ value }) => value))
  const step = 10 ** Math.floor(Math.log10(highest))
  const factor = [1, 2, 5, 10].find(each => each * step >= highest) ?? 10
  return factor * step
}

export const median = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}
