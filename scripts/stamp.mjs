import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/**
 * A hash over files and whole folders: their names below the root and their bytes. What is missing counts as empty.
 * @param {string} root
 * @param {readonly string[]} parts
 * @param {string} [salt]
 */
export const hashFiles = (root, parts, salt = '') => {
  const hash = createHash('sha256').update(salt)
  for (const file of parts.flatMap(part => filesBelow(join(root, part)))) {
    const bytes = readFileSync(file)
    hash.update(`\0${relative(root, file).split(sep).join('/')}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/**
 * @param {string} path
 * @returns {string[]}
 */
const filesBelow = path => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return []
  if (found.isFile()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap(name => filesBelow(join(path, name)))
}

/** @param {string} path */
export const readStamp = path => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null // never written: the work was never finished
  }
}

/**
 * @param {string} path
 * @param {string} value
 */
export const writeStamp = (path, value) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, value)
}

/** @param {string} path */
export const removeStamp = path => rmSync(path, { force: true })
