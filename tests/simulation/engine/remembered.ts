const KEPT = 10_000

interface Outcome<T> {
  readonly bytes: readonly Buffer[]
  readonly value: T
}

/** Outcomes of computations that come out the same whenever the same goes in. */
export interface Remembered<T> {
  /** What came out for this name and these very bytes; computed where it is not known. What throws is not kept. */
  get(name: string, bytes: readonly Buffer[], compute: () => T): T
  set(name: string, bytes: readonly Buffer[], value: T): void
}

/** As many bytes of each as tell most of them apart: the others are compared. */
const TELLING = 16
const shortOf = (bytes: Buffer): string => bytes.toString('latin1', Math.max(0, bytes.length - TELLING))

const isSame = (some: readonly Buffer[], others: readonly Buffer[]): boolean =>
  some.length === others.length && some.every((bytes, index) => bytes.equals(others[index]!))

export const createRemembered = <T>(): Remembered<T> => {
  const outcomes = new Map<string, Outcome<T>>()
  const keyOf = (name: string, bytes: readonly Buffer[]): string =>
    bytes.reduce((key, part) => `${key} ${shortOf(part)}`, name)
  const keep = (key: string, bytes: readonly Buffer[], value: T): T => {
    if (outcomes.size >= KEPT) outcomes.clear()
    outcomes.set(key, { bytes: bytes.map(part => Buffer.from(part)), value })
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
