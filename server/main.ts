import { join } from 'node:path'
import pino from 'pino'
import { readConfig } from './config.ts'
import { start } from './start.ts'
import { whyNotStarted } from './why-not-started.ts'

const projectDirectory = join(import.meta.dirname, '..')
const STOP_WITHIN_MS = 1800

const config = readConfig(process.env, projectDirectory)
if (!config.ok) {
  console.error(config.error.message)
  process.exit(1)
}
const { value } = config
const logger = pino({ level: value.logLevel }, pino.destination({ dest: process.stderr.fd, sync: true }))

try {
  const relay = await start(value, join(projectDirectory, 'dist'), logger)
  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    // What is not confirmed by then never was: clients send it again.
    setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref()
    await relay.stop()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  if (value.allowList !== null)
    process.on('SIGHUP', () => {
      const read = relay.rereadAllowList()
      if (!read.ok) console.error(`${read.error.message} The list that was read before stays.`)
    })
  if (value.making.kind === 'closed') {
    console.error(
      'Nobody can make a workspace here yet: other machines can reach this relay. Set HOLDFAST_OPERATOR_CODE to a long word, and give it to those who may.',
    )
  }
  process.stdout.write(`Holdfast is ready on ${relay.addresses.join(' and ')}\n`)
} catch (error) {
  logger.debug({ error }, 'not started')
  console.error(whyNotStarted(error, value))
  process.exit(1)
}
