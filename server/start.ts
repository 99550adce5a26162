import { join } from 'node:path'
import type { Logger } from 'pino'
import { ok, type Result } from '../protocol/result.ts'
import { openAllowList } from './access/allow-list.ts'
import type { Config } from './config.ts'
import { createHttpServer } from './http/http-server.ts'
import { openDatabase } from './log/sqlite-database.ts'
import { createSqliteLogStore } from './log/sqlite-log-store.ts'
import { openWriteAheadLog } from './log/write-ahead-log.ts'
import { createOrigins } from './origins.ts'
import { systemClock } from './platform/clock.ts'
import { pooled, systemRandom } from './platform/random.ts'
import { createRelay } from './relay/relay.ts'

export interface Running {
  /** Where a person opens the app: on this machine, then from elsewhere. */
  readonly addresses: readonly string[]
  /** Confirms what is under way, says good-bye, closes the database. */
  stop(): Promise<void>
  /** Reads the operator's list of workspaces again. Where it cannot be read, the one before stays. */
  rereadAllowList(): Result<null>
}

const DATABASE = 'relay.sqlite'

/** Rejects with the system's error where the port, the directory, the database or the list of workspaces cannot be used. */
export const start = async (config: Config, appDirectory: string, logger: Logger): Promise<Running> => {
  const allowList = config.allowList && openAllowList(config.allowList)
  const database = openDatabase(join(config.dataDirectory, DATABASE))
  let port = config.port
  const origins = createOrigins({ ...config, port: () => port })
  const relay = createRelay({
    store: createSqliteLogStore({
      database,
      disk: openWriteAheadLog(database),
      clock: systemClock,
      random: pooled(systemRandom),
    }),
    clock: systemClock,
    limits: config.limits,
    making: config.making,
    allowList,
    audiences: origins.own,
    isOriginAllowed: origins.isAllowed,
    relayLog: {
      failed: (what, error) => logger.error({ what, message: (error as Error).message }, 'the relay failed'),
      closed: why => logger.info({ why }, 'a connection was closed'),
    },
  })
  const http = await createHttpServer({ ...config, relay, origins, logger, appDirectory })
  const stop = async (): Promise<void> => {
    await relay.close()
    await http.close()
  }
  try {
    port = await http.listen()
  } catch (error) {
    await stop()
    throw error
  }
  const rereadAllowList = (): Result<null> => {
    const read = allowList?.reread() ?? ok(null)
    if (read.ok) relay.allowListChanged()
    return read
  }
  return { addresses: [localAddress(config.host, port), ...config.publicOrigins], stop, rereadAllowList }
}

const localAddress = (host: string, port: number): string => {
  const anyHost = host === '0.0.0.0' || host === '::'
  return `http://${anyHost ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`
}
