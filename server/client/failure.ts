/** Ends the command with a sentence for the person and an exit code for scripts. */
export class Failed extends Error {
  readonly exitCode: number
  constructor(exitCode: number, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

export const WRONG_USAGE = 1
export const REFUSED = 2
export const UNREACHABLE = 3
