interface Group<T> {
  readonly items: T[]
  readonly written: Promise<void>
}

/**
 * Writes items in groups: while one group is being written, those that come form the next. Each promise settles with
 * the write that its item was part of.
 */
export const createGroupWriter = <T>(
  write: (items: readonly T[]) => Promise<void>,
): ((item: T) => Promise<void>) => {
  let last: Promise<unknown> = Promise.resolve()
  let next: Group<T> | null = null

  return item => {
    if (next !== null) {
      next.items.push(item)
      return next.written
    }
    const items = [item]
    const written = last.then(() => {
      next = null
      return write(items)
    })
    next = { items, written }
    last = written.catch(() => undefined) // whoever brought an item hears of it; the next group is another matter
    return written
  }
}
