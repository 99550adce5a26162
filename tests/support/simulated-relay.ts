import pino from 'pino'
import { createHttpServer, type HttpServer } from '../../server/http/http-server.ts'
import { createOrigins } from '../../server/origins.ts'
import { systemClock } from '../../server/platform/clock.ts'
import { systemRandom } from '../../server/platform/random.ts'
import { DEFAULT_LIMITS } from '../../server/relay/limits.ts'
import { createRelay, type Relay } from '../../server/relay/relay.ts'
import {
  createMemoryDisk,
  createMemoryLogStore,
  type MemoryDisk,
  type MemoryLogStore,
} from './memory-log-store.ts'

/** The real relay behind a real port, whose disk a test can roll back, and whose process it can kill. */
export interface SimulatedRelay {
  readonly url: string
  readonly disk: MemoryDisk
  start(): Promise<void>
  /** Ends without a word; what was not confirmed is gone. */
  crash(): Promise<void>
}

export const createSimulatedRelay = async (): Promise<SimulatedRelay> => {
  const disk = createMemoryDisk()
  let port = 0
  let running: { relay: Relay; http: HttpServer; store: MemoryLogStore } | null = null

  const start = async (): Promise<void> => {
    const store = createMemoryLogStore({ disk, clock: systemClock, random: systemRandom })
    const origins = createOrigins({ publicOrigins: [], allowedOrigins: [], port: () => port })
    const relay = createRelay({
      store,
      clock: systemClock,
      limits: DEFAULT_LIMITS,
      making: { kind: 'open' },
      allowList: null,
      audiences: origins.own,
      isOriginAllowed: origins.isAllowed,
      relayLog: { failed: () => {}, closed: () => {} },
    })
    const http = await createHttpServer({
      relay,
      origins,
      logger: pino({ level: 'silent' }),
      appDirectory: 'nowhere',
      host: '127.0.0.1',
      port,
      trustProxy: false,
      requestsPerMinute: 1_000_000,
    })
    port = await http.listen()
    running = { relay, http, store }
  }
  await start()
  return {
    url: `http://127.0.0.1:${port}`,
    disk,
    start,
    crash: async () => {
      const dying = running!
      running = null
      dying.store.crash()
      await dying.relay.close()
      await dying.http.close()
    },
  }
}
