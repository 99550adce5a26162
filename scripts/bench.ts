import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readOptions } from '../bench/support/options.ts'
import { BENCH_FOLDER, PARTS, SUMMARIES } from './bench-parts.ts'

/**
 * `npm run bench` runs every part and sums up what all of them measured, `npm run bench -- <part> …` one of them, with
 * what follows for it; options alone, as `npm run bench -- --small`, go to every part. A part that fails stops no other.
 */
const [first, ...others] = process.argv.slice(2)
const wanted = first === undefined || first.startsWith('-') ? null : first
const args = wanted === null ? process.argv.slice(2) : others
const known = [...PARTS, ...SUMMARIES]
if (wanted !== null && !known.includes(wanted)) {
  console.error(`There is no part "${wanted}". There are: ${known.join(', ')}.`)
  process.exit(1)
}
const { out } = readOptions({}, args)
const began = Date.now()
const failed = (wanted === null ? known : [wanted]).filter(part => {
  console.log(`\n── ${part} ──`)
  const ran = spawnSync(process.execPath, [join(BENCH_FOLDER, `${part}.ts`), ...args], { stdio: 'inherit' })
  return ran.status !== 0
})
const written = readdirSync(out, { withFileTypes: true })
  .filter(file => file.isFile() && statSync(join(out, file.name)).mtimeMs >= began)
  .map(file => file.name)
console.log(`\nWritten to ${out}:\n${written.map(name => `  ${name}`).join('\n')}`)
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}.`)
  process.exitCode = 1
}
