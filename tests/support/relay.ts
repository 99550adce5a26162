import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A relay as people run it: a process of its own with its database on disk. */
export interface RunningRelay {
  /** For example `http://localhost:41234`. */
  readonly url: string
  readonly port: number
  readonly dataDir: string
  /** What it logged so far. */
  logs(): string
  /** Asks it to read again which workspaces it may serve. */
  reload(): void
  /** Asks it to stop and returns its exit code. */
  stop(): Promise<number | null>
  /** Ends it as a power cut would. */
  kill(): Promise<void>
  /** Kills it, and removes its folder unless the options named one: that is for whoever made it. */
  discard(): Promise<void>
}

export interface RelayOptions {
  /** 0 or nothing lets the system choose. */
  readonly port?: number
  readonly dataDir?: string
  readonly env?: Readonly<Record<string, string>>
}

const MAIN = join(import.meta.dirname, '..', '..', 'server', 'main.ts')

/** Resolves when it listens; rejects with what it said where it does not start. */
export const startRelay = async (options: RelayOptions = {}): Promise<RunningRelay> => {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'holdfast-relay-')))
  const removeData = async (): Promise<void> => {
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
  }
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      PORT: String(options.port ?? 0),
      HOLDFAST_DATA: dataDir,
      HOLDFAST_REQUESTS_PER_MINUTE: '1000000',
      LOG_LEVEL: 'info',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    errors += text
  })
  const port = await readPort(child, () => errors).catch(async error => {
    await removeData()
    throw error
  })
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal)
      await once(child, 'exit')
    }
    return child.exitCode
  }
  return {
    url: `http://localhost:${port}`,
    port,
    dataDir,
    logs: () => errors,
    reload: () => void child.kill('SIGHUP'),
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    discard: async () => {
      await end('SIGKILL')
      await removeData()
    },
  }
}

const readPort = async (child: ChildProcess, errors: () => string): Promise<number> => {
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`The relay ended with ${code}: ${errors()}`)
  })
  const ready = (async () => {
    for await (const line of createInterface({ input: child.stdout! })) {
      const port = /^Holdfast is ready on http:\/\/[^ ]*:(\d+)/.exec(line)?.[1]
      if (port) return Number(port)
    }
    return exited
  })()
  const port = await Promise.race([ready, exited])
  exited.catch(() => {}) // from here on, its end is for `stop` and `kill` to notice
  child.stdout!.resume()
  return port
}
