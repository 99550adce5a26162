import { createHash } from 'node:crypto'
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const LOOK_AGAIN_MS = 200
/** The holder says this often that it is at work… */
const SIGN_OF_LIFE_MS = 1000
/** …and after this long without a sign it is taken for dead, even if another process has its number by now. */
const DEAD_AFTER_MS = 60_000

/**
 * Lets only one command at a time install or build this project. The lock lies outside of node_modules, which an
 * install empties; it names its process, so that one left behind by a killed command does not last.
 * @template T
 * @param {string} root
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export const withProjectLock = async (root, work) => {
  const path = lockPath(root)
  let told = false
  while (!take(path)) {
    if (!told) console.log('Another command is preparing this project. Waiting for it …')
    told = true
    await wait(LOOK_AGAIN_MS)
  }
  const release = () => rmSync(path, { force: true })
  const alive = setInterval(() => utimesSync(path, new Date(), new Date()), SIGN_OF_LIFE_MS)
  process.once('exit', release)
  try {
    return await work()
  } finally {
    clearInterval(alive)
    process.off('exit', release)
    release()
  }
}

/** @param {string} root */
export const lockPath = root =>
  join(tmpdir(), `holdfast-${createHash('sha256').update(root).digest('hex').slice(0, 16)}.lock`)

/** @param {string} path */
const take = path => {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    if (!ownerLives(path)) rmSync(path, { force: true })
    return false
  }
}

/** @param {string} path */
const ownerLives = path => {
  try {
    if (Date.now() - statSync(path).mtimeMs > DEAD_AFTER_MS) return false
    const owner = Number(readFileSync(path, 'utf8'))
    if (owner === 0) return true // just made, and its number not written yet
    process.kill(owner, 0)
    return true
  } catch (error) {
    // ESRCH: it has ended; ENOENT: the lock went between two looks.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
