import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runQuietly } from './processes.mjs'
import { stampPath } from './project.mjs'
import { withProjectLock } from './project-lock.mjs'
import { hashFiles, readStamp, removeStamp, writeStamp } from './stamp.mjs'

const SOURCES = [
  'index.html',
  'src',
  'sw',
  'worker',
  'protocol',
  'public',
  'vite.config.ts',
  'package-lock.json',
]

/** @param {string} root */
const stamp = root => stampPath(root, 'built')

/**
 * Names a build by what it is made of; page and worker know it as `__BUILD__`.
 * @param {string} root
 */
export const sourcesHash = root => hashFiles(root, SOURCES)

/**
 * Builds the app into dist/ when a source differs from what was built last.
 * @param {string} root
 * @param {string} node
 * @returns {Promise<import('./project.mjs').Outcome>}
 */
export const buildIfStale = (root, node) => {
  const wanted = sourcesHash(root)
  if (isBuilt(root, wanted)) return Promise.resolve({ ok: true })
  return withProjectLock(root, async () => {
    if (isBuilt(root, wanted)) return { ok: true }
    console.log('Building the app …')
    removeStamp(stamp(root))
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
    const code = await runQuietly(node, [vite, 'build'], { cwd: root })
    if (code !== 0) return { ok: false, reason: `The app could not be built; the reason is above.` }
    writeStamp(stamp(root), wanted)
    return { ok: true }
  })
}

/**
 * @param {string} root
 * @param {string} wanted
 */
const isBuilt = (root, wanted) =>
  readStamp(stamp(root)) === wanted && existsSync(join(root, 'dist', 'index.html'))
