import { HELP, readArguments } from './arguments.ts'
import { access, append, create, type Print, read } from './commands.ts'
import { Failed } from './failure.ts'
import { follow } from './follow.ts'

const print: Print = line => void process.stdout.write(`${line}\n`)

try {
  const args = readArguments(process.argv.slice(2))
  if (args.command === 'help') process.stdout.write(HELP)
  else await { create, append, read, follow, access }[args.command](args, print)
} catch (error) {
  if (!(error instanceof Failed)) throw error
  console.error(error.message)
  process.exitCode = error.exitCode
}
