const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Reads a value of plain data: the same object as long as it says the same, for a new one is sent to every tab. */
export const unchanging = <T>(compute: () => T, isSame: (a: T, b: T) => boolean = sameJson): (() => T) => {
  let value = compute()
  return () => {
    const next = compute()
    if (!isSame(next, value)) value = next
    return value
  }
}
