import { cutsPair, type Replacement } from './text-changes.ts'

/** Beyond this many differing lines the rest is replaced whole: the search takes time and memory of its square. */
const MAX_DIFFERENT_LINES = 400

const commonStart = (a: string, b: string): number => {
  const end = Math.min(a.length, b.length)
  let at = 0
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at++
  return cutsPair(a, at) || cutsPair(b, at) ? at - 1 : at
}

const commonEnd = (a: string, b: string, limit: number): number => {
  let length = 0
  while (length < limit && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length))
    length++
  return cutsPair(a, a.length - length) || cutsPair(b, b.length - length) ? length - 1 : length
}

const linesOf = (text: string): string[] => text.split(/(?<=\n)/)

/** Pairs of equal lines, in order: Myers, "An O(ND) Difference Algorithm" (1986). Null past the limit. */
const commonLines = (a: readonly string[], b: readonly string[]): (readonly [number, number])[] | null => {
  const reach = new Map<number, number>([[1, 0]])
  const trace: Map<number, number>[] = []
  for (let distance = 0; distance <= MAX_DIFFERENT_LINES; distance++) {
    trace.push(new Map(reach))
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      const below = reach.get(diagonal - 1) ?? -1
      const above = reach.get(diagonal + 1) ?? -1
      let x = diagonal === -distance || (diagonal !== distance && below < above) ? above : below + 1
      let y = x - diagonal
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++
        y++
      }
      reach.set(diagonal, x)
      if (x >= a.length && y >= b.length) return walkBack(trace, a.length, b.length)
    }
  }
  return null
}

const walkBack = (trace: readonly Map<number, number>[], endA: number, endB: number): [number, number][] => {
  const pairs: [number, number][] = []
  let x = endA
  let y = endB
  for (let distance = trace.length - 1; distance >= 0; distance--) {
    const reach = trace[distance]!
    const diagonal = x - y
    const below = reach.get(diagonal - 1) ?? -1
    const above = reach.get(diagonal + 1) ?? -1
    const down = diagonal === -distance || (diagonal !== distance && below < above)
    const previous = down ? diagonal + 1 : diagonal - 1
    const startX = distance === 0 ? 0 : (reach.get(previous) ?? 0)
    const startY = distance === 0 ? 0 : startX - previous
    while (x > startX && y > startY && x > 0 && y > 0) pairs.push([--x, --y])
    x = startX
    y = startY
  }
  return pairs.reverse()
}

const trimmed = (before: string, after: string, offset: number): Replacement[] => {
  if (before === after) return []
  const start = commonStart(before, after)
  const end = commonEnd(before, after, Math.min(before.length, after.length) - start)
  return [
    {
      from: offset + start,
      to: offset + before.length - end,
      insert: after.slice(start, after.length - end),
    },
  ]
}

/** The replacements that lead from one text to the other: line by line, and within a line only what differs. */
export const diffText = (before: string, after: string): Replacement[] => {
  const [whole] = trimmed(before, after, 0)
  if (!whole) return []
  const a = linesOf(before.slice(whole.from, whole.to))
  const b = linesOf(whole.insert)
  const pairs = commonLines(a, b)
  if (!pairs) return [whole]
  const found: Replacement[] = []
  let [atA, atB, offset] = [0, 0, whole.from]
  for (const [lineA, lineB] of [...pairs, [a.length, b.length] as const]) {
    const removed = a.slice(atA, lineA).join('')
    found.push(...trimmed(removed, b.slice(atB, lineB).join(''), offset))
    offset += removed.length + (a[lineA]?.length ?? 0)
    atA = lineA + 1
    atB = lineB + 1
  }
  return found
}
