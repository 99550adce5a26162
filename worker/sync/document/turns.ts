/** Steps that run one after the other. One that fails holds up none of those behind it. */
export interface Turns {
  add(step: () => void | Promise<void>): void
  /** How many are not done yet. */
  open(): number
  /** Resolves when all that were added so far are done. */
  done(): Promise<void>
}

interface Deps {
  readonly onFailed: (error: unknown) => void
  /** After each step, whether it failed or not. */
  readonly onDone: () => void
}

export const createTurns = ({ onFailed, onDone }: Deps): Turns => {
  let last: Promise<void> = Promise.resolve()
  let open = 0
  return {
    add: step => {
      open += 1
      last = last
        .then(step)
        .catch(onFailed)
        .then(() => {
          open -= 1
          onDone()
        })
    },
    open: () => open,
    done: () => last,
  }
}
