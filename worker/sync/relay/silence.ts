import type { Clock } from '../../platform/clock.ts'

/** Notices a connection that is dead without having been closed: asks for a sign of life, and gives up where none comes. */
export interface Silence {
  /** Something came, or there is reason to doubt: asks after so much silence, in milliseconds. */
  listen(askAfter: number): void
  /** Gives up where nothing comes within so many milliseconds. */
  expect(within: number): void
  /** It asked, and nothing has come since. */
  isAsking(): boolean
  stop(): void
}

interface Deps {
  readonly clock: Pick<Clock, 'after'>
  readonly answerWithin: number
  readonly ask: () => void
  readonly giveUp: () => void
}

export const createSilence = ({ clock, answerWithin, ask, giveUp }: Deps): Silence => {
  let cancel = (): void => {}
  let asking = false

  const stop = (): void => {
    cancel()
    asking = false
  }
  return {
    listen: askAfter => {
      stop()
      cancel = clock.after(askAfter, () => {
        asking = true
        ask()
        cancel = clock.after(answerWithin, giveUp)
      })
    },
    expect: within => {
      stop()
      cancel = clock.after(within, giveUp)
    },
    isAsking: () => asking,
    stop,
  }
}
