/** Runs `work` on every item, at most `width` at a time. Rejects with the first error, after the others under way. */
export const inParallel = async <T>(
  width: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> => {
  let next = 0
  const errors: unknown[] = []
  const lane = async (): Promise<void> => {
    while (next < items.length && errors.length === 0) {
      const item = items[next++] as T
      try {
        await work(item)
      } catch (error) {
        errors.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: width }, lane))
  if (errors.length > 0) throw errors[0]
}
