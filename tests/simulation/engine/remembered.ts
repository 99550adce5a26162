const KEPT = 10_000

interface Outcome<T> {
  /** All that went in, one behind the other. */
  readonly bytes: Buffer
  readonly value: T
}

/** Outcomes of computations that come out the same whenever the same goes in. */
export interface Remembered<T> {
  /** What came out for this name and these very bytes; computed where it is not known. What throws is not kept. */
  get(name: string, bytes: readonly Buffer[], compute: () => T): T
  set(name: string, bytes: readonly Buffer[], value: T): void
}

/** As many bytes of the last part as tell most of them apart: the others are compared. */
const TELLING = 16

const keyOf = (name: string, bytes: readonly Buffer[]): string => {
  const last = bytes.at(-1)
  const lengths = bytes.map(({ length }) => length).join(' ')
  return `${name} ${lengths} ${last?.toString('latin1', Math.max(0, last.length - TELLING)) ?? ''}`
}

/** Lengths are part of the key, so it is known where each part begins. */
const isSame = (whole: Buffer, parts: readonly Buffer[]): boolean => {
  let at = 0
  return parts.every(part => {
    const begin = at
    at += part.length
    return whole.compare(part, 0, part.length, begin, at) === 0
  })
}

export const createRemembered = <T>(): Remembered<T> => {
  const outcomes = new Map<string, Outcome<T>>()
  const keep = (key: string, bytes: readonly Buffer[], value: T): T => {
    if (outcomes.size >= KEPT) outcomes.clear()
    outcomes.set(key, { bytes: Buffer.concat(bytes), value })
    return value
  }
  return {
    get: (name, bytes, compute) => {
      const key = keyOf(name, bytes)
      const known = outcomes.get(key)
      return known && isSame(known.bytes, bytes) ? known.value : keep(key, bytes, compute())
    },
    set: (name, bytes, value) => void keep(keyOf(name, bytes), bytes, value),
  }
}
