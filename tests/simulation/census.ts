/** How often everything came up: what never happens proves nothing. */
export interface Census {
  count(what: string): void
  of(what: string): number
  readonly counts: ReadonlyMap<string, number>
}

export const createCensus = (): Census => {
  const counts = new Map<string, number>()
  return {
    count: what => void counts.set(what, (counts.get(what) ?? 0) + 1),
    of: what => counts.get(what) ?? 0,
    counts,
  }
}
