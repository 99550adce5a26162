import { realpathSync, rmSync } from 'node:fs'
import { join, sep } from 'node:path'
import { run } from './processes.mjs'
import { stampPath } from './project.mjs'
import { withProjectLock } from './project-lock.mjs'
import { hashFiles, readStamp, writeStamp } from './stamp.mjs'

/** @param {string} root */
const stamp = root => stampPath(root, 'installed')

/**
 * What an install depends on. The platform belongs to it because the packages bring programs for one platform only.
 * @param {string} root
 */
const installHash = root => hashFiles(root, ['package-lock.json'], `${process.platform}-${process.arch}`)

/**
 * Into an empty folder and without a word to the lock file, this is what `npm ci` does. But `npm ci` refuses a lock
 * file that does not name the programs of every platform, and one that was written on a single platform does not.
 */
const INSTALL = [
  'install',
  '--no-save',
  '--include=dev',
  '--include=optional',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
]

/** @param {string} root */
const runsFromInside = root =>
  realpathSync(process.execPath).startsWith(join(realpathSync(root), 'node_modules', sep))

/**
 * @param {string} root
 * @returns {import('./project.mjs').Outcome}
 */
const removeOld = root => {
  try {
    rmSync(join(root, 'node_modules'), { recursive: true, force: true })
    return { ok: true }
  } catch (error) {
    const { message } = /** @type {Error} */ (error)
    return {
      ok: false,
      reason: `The old packages could not be removed (${message}). Stop Holdfast where it still runs from this folder, and try again.`,
    }
  }
}

/**
 * Installs the packages when the lock file differs from what was installed last. A half-finished install left no
 * stamp, so it is done again from the start.
 * @param {string} root
 * @param {(args: readonly string[]) => Promise<number>} [npm]
 * @returns {Promise<import('./project.mjs').Outcome>}
 */
export const installIfStale = async (root, npm = args => runNpm(root, args)) => {
  const wanted = installHash(root)
  if (readStamp(stamp(root)) === wanted) return { ok: true }
  return withProjectLock(root, async () => {
    // Another start may have installed while this one waited for the lock.
    if (readStamp(stamp(root)) === wanted) return { ok: true }
    console.log('Installing what Holdfast needs. This happens once and takes a moment …')
    // npm puts the installed Node first in the path, so this very process may run on what would be removed.
    if (!runsFromInside(root)) {
      const emptied = removeOld(root)
      if (!emptied.ok) return emptied
    }
    const code = await npm(INSTALL)
    if (code !== 0) {
      return {
        ok: false,
        reason: `The install did not finish; npm says why above (exit code ${code}). Your notes were not touched. The next run of this command tries it again.`,
      }
    }
    writeStamp(stamp(root), wanted)
    return { ok: true }
  })
}

/**
 * The npm that runs this command, or the one in the path when it was started without npm.
 * @param {string} root
 * @param {readonly string[]} args
 */
const runNpm = (root, args) => {
  const own = process.env.npm_execpath
  if (own?.endsWith('npm-cli.js')) return run(process.execPath, [own, ...args], { cwd: root })
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    cwd: root,
    shell: process.platform === 'win32', // Windows starts .cmd files through a shell only
  })
}
