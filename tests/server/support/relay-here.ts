import pino from 'pino'
import { onTestFinished } from 'vitest'
import { readConfig } from '../../../server/config.ts'
import { start } from '../../../server/start.ts'
import { aFolder } from './folder.ts'

/** A relay with its sockets and its database on disk, but within this process: a process takes long to start. */
export interface RelayHere {
  readonly url: string
  readonly port: number
  stop(): Promise<void>
}

/** For the length of one test. */
export const aRelayHere = async (env: Readonly<Record<string, string>> = {}): Promise<RelayHere> => {
  const folder = await aFolder()
  const config = readConfig(
    { PORT: '0', HOLDFAST_DATA: folder, HOLDFAST_REQUESTS_PER_MINUTE: '1000000', ...env },
    folder,
  )
  if (!config.ok) throw new Error(config.error.message)
  const running = await start(config.value, folder, pino({ level: 'silent' }))
  const url = running.addresses[0]!
  let stopping: Promise<void> | null = null
  const stop = (): Promise<void> => (stopping ??= running.stop())
  onTestFinished(stop)
  return { url, port: Number(new URL(url).port), stop }
}
