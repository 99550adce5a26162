import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const LOOK_AGAIN_MS = 200

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
  process.once('exit', release)
  try {
    return await work()
  } finally {
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
  const owner = readOwner(path)
  if (owner === null) return false
  if (owner === 0) return true // just made, and its number not written yet
  try {
    process.kill(owner, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/** @param {string} path */
const readOwner = path => {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return null // gone between two looks
  }
}
