import { join } from 'node:path'
import { buildIfStale } from './build.mjs'
import { installIfStale } from './install.mjs'
import { supervise } from './processes.mjs'
import { projectRoot } from './project.mjs'
import { findRuntime } from './runtime.mjs'

/**
 * @typedef {object} NpmCommand
 * @property {string} script the file that the command runs, below the project
 * @property {boolean} [built] whether it needs the built app
 * @property {boolean} [readsTerminal]
 */

/** @type {Readonly<Record<string, NpmCommand>>} */
const COMMANDS = {
  start: { script: 'server/main.ts', built: true },
  dev: { script: 'scripts/dev.ts' },
  test: { script: 'scripts/test.ts' },
  verify: { script: 'scripts/verify.ts' },
  simulate: { script: 'scripts/simulate.ts' },
  bench: { script: 'scripts/bench.ts', built: true },
  'relay-client': { script: 'server/client/main.ts', readsTerminal: true },
}

/**
 * Brings the project into the state that a command needs and runs it.
 * @param {string | undefined} name
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
export const runCommand = async (name, args) => {
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) {
    console.error(`There is no command "${name ?? ''}". There are: ${Object.keys(COMMANDS).join(', ')}.`)
    return 1
  }
  const installed = await installIfStale(projectRoot)
  if (!installed.ok) return failed(installed.reason)
  const runtime = findRuntime(projectRoot)
  if (!runtime.ok) return failed(runtime.reason)
  if (command.built) {
    const built = await buildIfStale(projectRoot, runtime.node)
    if (!built.ok) return failed(built.reason)
  }
  const { readsTerminal = false } = command
  return supervise(runtime.node, [join(projectRoot, command.script), ...args], { readsTerminal })
}

/** @param {string} reason */
const failed = reason => {
  console.error(reason)
  return 1
}
