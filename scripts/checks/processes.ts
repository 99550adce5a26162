import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'

export interface Running {
  /** Resolves with the exit code once the program and everything it started has ended. */
  readonly ended: Promise<number>
  stop(): void
}

/** How long a program may take to end by itself after it was asked to. */
const GRACE_MS = 10_000

/** A log that is read later is no terminal; some tools colour it all the same when they see CI. */
const PLAIN = { NO_COLOR: '1', FORCE_COLOR: undefined }

/**
 * Starts a program in a process group of its own, so that whatever it starts can be ended with it: a test runner
 * that crashes leaves its browsers and servers behind.
 */
export const start = (
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly limitMs?: number } = {},
): Running => {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: process.platform !== 'win32',
    env: { ...process.env, ...(process.stdout.isTTY ? {} : PLAIN), ...options.env },
  })
  let force: NodeJS.Timeout | undefined
  const stop = () => {
    signalGroup(child, 'SIGTERM')
    force ??= setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS)
  }
  const limit = options.limitMs === undefined ? undefined : setTimeout(tooLong, options.limitMs)
  function tooLong() {
    console.error(`Stopped after ${Math.round((options.limitMs ?? 0) / 1000)} s: it did not end by itself.`)
    stop()
  }
  const ended = new Promise<number>(resolve => {
    const finish = (code: number) => {
      clearTimeout(limit)
      clearTimeout(force)
      signalGroup(child, 'SIGKILL')
      resolve(code)
    }
    child.once('error', error => {
      console.error(error.message)
      finish(1)
    })
    child.once('exit', (code, signal) => finish(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
  return { ended, stop }
}

const signalGroup = (child: ChildProcess, signal: NodeJS.Signals): void => {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch (error) {
    // ESRCH: everything in the group has ended already, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Ends what is running when this program is asked to end, and lets the caller finish. */
export const stopOnSignals = (stop: () => void): void => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
}
