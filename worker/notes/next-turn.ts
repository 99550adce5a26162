import type { Clock } from '../platform/clock.ts'

/** Lets messages from tabs and the network be answered in between. */
export const nextTurn = (clock: Clock): Promise<void> =>
  new Promise(resolve => {
    clock.after(0, resolve)
  })
