import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRelay } from '../relay.ts'
import { type NetworkProxy, startProxy } from './proxy.ts'

/** The built app and its relay, as a person's devices reach them: through a network that can be cut. */
export interface App {
  readonly url: string
  readonly proxy: NetworkProxy
  /** The folder of the relay that runs now. */
  dataDir(): string
  /** Ends the relay as a power cut would. */
  killRelay(): Promise<void>
  startRelay(): Promise<void>
  /** Starts a relay that has never seen anything, at the same address. */
  startEmptyRelay(): Promise<void>
  /** What the relay logged since the app was started. */
  relayLog(): string
  /** Whether a connection was broken on purpose, so that complaints about it are none. */
  disturbed(): boolean
  goOffline(): Promise<void>
  goOnline(): Promise<void>
  close(): Promise<void>
}

export const startApp = async (): Promise<App> => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-app-'))
  const proxy = await startProxy()
  let folders = 0
  let dataDir = join(folder, 'relay-0')
  let log = ''
  let disturbed = false
  const start = async () => {
    const started = await startRelay({ dataDir, env: { HOST: '127.0.0.1', HOLDFAST_PUBLIC_URL: proxy.url } })
    proxy.leadTo(started.port)
    return started
  }
  let relay: Awaited<ReturnType<typeof startRelay>> | null = await start()
  const end = async (how: 'stop' | 'kill') => {
    const ending = relay
    relay = null
    if (!ending) return
    await ending[how]()
    log += ending.logs()
  }
  return {
    url: proxy.url,
    proxy,
    dataDir: () => dataDir,
    killRelay: () => {
      disturbed = true
      return end('kill')
    },
    startRelay: async () => {
      relay = await start()
    },
    startEmptyRelay: async () => {
      await end('stop')
      folders += 1
      dataDir = join(folder, `relay-${folders}`)
      relay = await start()
    },
    relayLog: () => log + (relay?.logs() ?? ''),
    disturbed: () => disturbed,
    goOffline: () => {
      disturbed = true
      return proxy.cut()
    },
    goOnline: () => proxy.restore(),
    close: async () => {
      await end('stop')
      await proxy.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
