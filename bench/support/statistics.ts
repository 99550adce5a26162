/** The value below which this share of the samples lies, between neighbours linearly (type 7 of Hyndman and Fan). */
export const quantile = (samples: readonly number[], share: number): number => {
  const sorted = [...samples].sort((a, b) => a - b)
  if (sorted.length === 0) return Number.NaN
  const place = (sorted.length - 1) * share
  const below = Math.floor(place)
  const low = sorted[below]!
  const high = sorted[below + 1] ?? low
  return low + (high - low) * (place - below)
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5)

/**
 * The exponent k of y = c·x^k that fits best: the slope of the line through the logarithms (least squares). Null where
 * there are not two different x, or something is not above zero.
 */
export const exponentOf = (points: readonly (readonly [x: number, y: number])[]): number | null => {
  if (points.some(([x, y]) => !(x > 0) || !(y > 0))) return null
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const)
  const mean = (pick: 0 | 1): number => logs.reduce((sum, log) => sum + log[pick], 0) / logs.length
  const [meanX, meanY] = [mean(0), mean(1)]
  const spread = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  if (!(spread > 0)) return null
  return logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread
}
