const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const startOfDay = (time: number): number => new Date(time).setHours(0, 0, 0, 0)

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Making one costs more than all the rest of a row in the list. */
const formatter = (locale: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = JSON.stringify([locale, options])
  const made = formatters.get(key) ?? new Intl.DateTimeFormat(locale, options)
  formatters.set(key, made)
  return made
}

/** When a note was changed, as short as it can be said: `now`, `5 min`, `14:03`, `Yesterday`, `Mon`, `12 May`, `12 May 2024`. */
export const noteTime = (time: number, now: number, locale?: string): string => {
  const ago = now - time
  const format = (options: Intl.DateTimeFormatOptions) => formatter(locale, options).format(time)
  if (ago < MINUTE) return 'now'
  if (ago < 60 * MINUTE) return `${Math.floor(ago / MINUTE)} min`
  // Days have 23 to 25 hours where clocks change, so they are rounded.
  const days = Math.round((startOfDay(now) - startOfDay(time)) / DAY)
  if (days === 0) return format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  if (days === 1) return 'Yesterday'
  if (days < 7) return format({ weekday: 'short' })
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear()
  return format({ day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) })
}

export const fullTime = (time: number, locale?: string): string =>
  formatter(locale, { dateStyle: 'full', timeStyle: 'short' }).format(time)
