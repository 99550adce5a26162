/** Runs what may not overlap: one after the other, in the order of the calls. */
export type InLine = <T>(work: () => Promise<T>) => Promise<T>

export const createLine = (): InLine => {
  let line: Promise<unknown> = Promise.resolve()
  return work => {
    const mine = line.then(work)
    line = mine.catch(() => {}) // its caller gets the failure; the next in line goes on
    return mine
  }
}
