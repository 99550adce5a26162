import { HELP, readArguments } from './arguments.ts'
import { access, append, create, read, remove } from './commands.ts'
import { Failed } from './failure.ts'
import { follow } from './follow.ts'
import type { Terminal } from './terminal.ts'

/** Runs one command; resolves with its exit code. Rejects only where the client itself is at fault. */
export const runClient = async (words: readonly string[], terminal: Terminal): Promise<number> => {
  try {
    const args = readArguments(words)
    if (args.command === 'help') terminal.print(HELP)
    else await { create, append, read, follow, access, delete: remove }[args.command](args, terminal)
    return 0
  } catch (error) {
    if (!(error instanceof Failed)) throw error
    terminal.complain(error.message)
    return error.exitCode
  }
}
