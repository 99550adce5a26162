import type { Clock } from '../platform/clock.ts'

/** How long tabs that nobody sees are left to themselves while another one is looked at. */
const ROUND_MS = 3_000

/** Those that can wait, each told in a turn of its own: all at once would keep those waiting that cannot. */
export interface Unseen<S> {
  add(seat: S): void
  remove(seat: S): void
  close(): void
}

/** `among`: how many share a round. */
export const createUnseen = <S>(clock: Clock, among: () => number, tell: (seat: S) => void): Unseen<S> => {
  const waiting = new Set<S>()
  let cancel: (() => void) | null = null

  const next = (): void => {
    if (waiting.size === 0) return
    cancel ??= clock.after(ROUND_MS / Math.max(1, among()), () => {
      cancel = null
      const [first] = waiting
      if (first === undefined) return
      waiting.delete(first)
      tell(first)
      next()
    })
  }

  return {
    add: seat => {
      waiting.add(seat)
      next()
    },
    remove: seat => waiting.delete(seat),
    close: () => cancel?.(),
  }
}
