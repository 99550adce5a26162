import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** npm passes on a Ctrl-C that the terminal has sent as well; what comes this soon after the first is the same one. */
const SAME_SIGNAL_MS = 500

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
const exitCode = (code, signal) => code ?? 128 + (signal ? constants.signals[signal] : 0)

/**
 * Runs a program to its end and shows what it prints.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<number>} the exit code
 */
export const run = (program, args, options) =>
  new Promise(resolve => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] })
    child.once('error', error => {
      console.error(error.message)
      resolve(1)
    })
    child.once('exit', (code, signal) => resolve(exitCode(code, signal)))
  })

/**
 * Runs a program to its end and shows what it prints only when it fails.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<number>} the exit code
 */
export const runQuietly = (program, args, options) =>
  new Promise(resolve => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    /** @type {Buffer[]} */
    const printed = []
    child.stdout?.on('data', chunk => printed.push(chunk))
    child.stderr?.on('data', chunk => printed.push(chunk))
    child.once('error', error => printed.push(Buffer.from(`${error.message}\n`)))
    child.once('close', (code, signal) => {
      const result = exitCode(code, signal)
      if (result !== 0) process.stderr.write(Buffer.concat(printed))
      resolve(result)
    })
  })

/**
 * Runs a program in the place of this one: it gets the terminal, every signal once, and its exit code counts. It has
 * a process group of its own, because a terminal sends Ctrl-C to the whole group and npm then sends it again. A
 * program that reads from the terminal must stay in the group, and gets Ctrl-C from the terminal itself.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ readsTerminal: boolean }} options
 * @returns {Promise<number>} the exit code
 */
export const supervise = (program, args, { readsTerminal }) =>
  new Promise(resolve => {
    // Windows has no groups: there the terminal tells every process, and to pass it on would end the program at once.
    const ownGroup = process.platform !== 'win32' && !readsTerminal
    const child = spawn(program, args, { stdio: 'inherit', detached: ownGroup })
    let last = Number.NEGATIVE_INFINITY
    /** @param {NodeJS.Signals} signal */
    const pass = signal => {
      if (!ownGroup && signal === 'SIGINT') return
      if (performance.now() - last < SAME_SIGNAL_MS) return
      last = performance.now()
      child.kill(signal)
    }
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, pass)
    const stopWatching = whenLeftAlone(() => pass('SIGTERM'))
    child.once('error', error => {
      stopWatching()
      console.error(error.message)
      resolve(1)
    })
    child.once('exit', (code, signal) => {
      stopWatching()
      resolve(exitCode(code, signal))
    })
  })

const LOOK_EVERY_MS = 300

/**
 * Tells when npm is gone. Ended by another program (a service manager, a container), npm passes the signal on to a
 * shell that dies of it and passes on nothing, and the relay would run on with nobody to end it.
 * @param {() => void} tell
 * @returns {() => void} ends the watch
 */
const whenLeftAlone = tell => {
  if (process.env.npm_lifecycle_event === undefined) return () => {}
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    tell()
  }, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}
