import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * `npm run bench` runs every part, `npm run bench -- <part> …` one of them, with what follows for it; options alone, as
 * `npm run bench -- --small`, go to every part.
 */
const folder = join(import.meta.dirname, '..', 'bench')
const parts = readdirSync(folder)
  .filter(file => file.endsWith('.ts'))
  .map(file => basename(file, '.ts'))

const [first, ...others] = process.argv.slice(2)
const wanted = first === undefined || first.startsWith('-') ? null : first
const args = wanted === null ? process.argv.slice(2) : others
if (wanted !== null && !parts.includes(wanted)) {
  console.error(`There is no part "${wanted}". There are: ${parts.join(', ')}.`)
  process.exit(1)
}
for (const part of wanted === null ? parts : [wanted]) {
  console.log(`\n── ${part} ──`)
  const { status } = spawnSync(process.execPath, [join(folder, `${part}.ts`), ...args], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
