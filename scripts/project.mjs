import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the project, however the command was called. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url))

/**
 * Where stamps of finished work are kept: an install empties it, as it should.
 * @param {string} root
 * @param {string} name
 */
export const stampPath = (root, name) => join(root, 'node_modules', '.cache', 'holdfast', name)

/**
 * @typedef {{ ok: true } | { ok: false, reason: string }} Outcome `reason` is a whole sentence for the person
 */
