import { buffer } from 'node:stream/consumers'
import { runClient } from './client.ts'

process.exitCode = await runClient(process.argv.slice(2), {
  print: line => void process.stdout.write(`${line}\n`),
  complain: sentence => console.error(sentence),
  readInput: () => buffer(process.stdin),
  onInterrupt: action => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, action)
  },
})
