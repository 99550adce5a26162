import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../tests/server/support/tls-proxy.ts'
import { memoryOf } from '../support/processes.ts'

/** A server under test, in a process of its own. */
export interface ServerProcess {
  readonly pid: number
  readonly port: number
  /** Asks it to stop and waits until it did. */
  stop(): Promise<void>
  kill(): Promise<void>
  /** Bytes that it takes (PSS). */
  memory(): number
}

export interface ServerCommand {
  /** The script, then its arguments. */
  readonly script: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

const LOOK_EVERY_MS = 5
const STOP_WITHIN_MS = 10_000

/** Resolves when it takes connections. Rejects with what it said where it ends instead. */
export const startServer = async (
  command: (port: number, folder: string) => ServerCommand,
  folder: string,
): Promise<ServerProcess> => {
  const port = await freePort()
  const { script, env } = command(port, folder)
  const child = spawn(process.execPath, script, {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    said = (said + text).slice(-2000)
  })
  const killNow = (): void => void child.kill('SIGKILL')
  process.once('exit', killNow)
  const ended = once(child, 'exit').finally(() => process.off('exit', killNow))
  while (!(await takesConnections(port))) {
    if (hasEnded(child)) throw new Error(`The server ended: ${said}`)
    await pause(LOOK_EVERY_MS)
  }
  const endBy = async (signal: NodeJS.Signals): Promise<void> => {
    if (!hasEnded(child)) child.kill(signal)
    await ended
  }
  return {
    pid: child.pid!,
    port,
    stop: async () => {
      const impatient = setTimeout(killNow, STOP_WITHIN_MS)
      await endBy('SIGTERM')
      clearTimeout(impatient)
    },
    kill: () => endBy('SIGKILL'),
    memory: () => memoryOf(child.pid!),
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

const takesConnections = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
