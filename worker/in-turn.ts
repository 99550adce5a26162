/** Does things one after the other, whatever becomes of those before. Whoever brings one gets what it comes to. */
export const createInTurn = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve()
  return work => {
    const mine = last.then(work)
    last = mine.catch(() => undefined) // its caller gets the failure; the next in line goes on
    return mine
  }
}
