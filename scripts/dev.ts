import { join } from 'node:path'
import { start, stopOnSignals } from './checks/processes.ts'
import { tool } from './checks/tools.ts'
import { DEV_APP, DEV_RELAY_PORT } from './dev-ports.ts'
import { projectRoot } from './project.mjs'

/**
 * The app with hot reload, and its relay, which starts again when its code changes. The page reaches the relay
 * through the dev server, so that both have one origin, as in real life.
 */
const relay = start(['--watch', '--watch-preserve-output', join(projectRoot, 'server', 'main.ts')], {
  env: {
    PORT: String(DEV_RELAY_PORT),
    HOLDFAST_PUBLIC_URL: DEV_APP,
    HOLDFAST_DATA: process.env.HOLDFAST_DATA ?? join(projectRoot, 'data', 'dev'),
  },
})
const app = start([tool('vite'), '--clearScreen', 'false'])
const stop = () => {
  app.stop()
  relay.stop()
}
stopOnSignals(stop)
const code = await Promise.race([app.ended, relay.ended])
stop()
await Promise.all([app.ended, relay.ended])
process.exit(code)
