const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const count = (units: number, one: string, more: string): string =>
  units < 1.5 ? `about ${one}` : `about ${Math.round(units)} ${more}`

const about = (ms: number): string => {
  if (ms >= 22 * HOUR) return count(ms / DAY, 'a day', 'days')
  return ms >= 55 * MINUTE ? count(ms / HOUR, 'an hour', 'hours') : count(ms / MINUTE, 'a minute', 'minutes')
}

/** Names the clock as what is wrong; `off` in milliseconds where that is known. */
export const clockWords = (code: 'token-expired' | 'token-early', off: number | null): string => {
  const way = code === 'token-expired' ? 'behind' : 'ahead'
  return `The clock of this device is ${way}${off === null ? '' : ` by ${about(off)}`}.`
}
