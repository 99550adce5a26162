import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import type { Figure, Results } from './figures.ts'
import type { PartOptions } from './options.ts'
import { plot } from './plot.ts'

/** Writes what a part measured, and its plots. `pictured`: only these of the figures are drawn. */
export const writeResults = (
  part: string,
  options: PartOptions,
  versions: Readonly<Record<string, string>>,
  figures: readonly Figure[],
  pictured = figures,
): void => {
  const results: Results = {
    part,
    takenAt: new Date().toISOString(),
    machine: {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memory: totalmem(),
      system: `${type()} ${release()}`,
      node: process.version,
    },
    small: options.small,
    rounds: options.rounds,
    versions,
    figures,
  }
  mkdirSync(options.out, { recursive: true })
  writeFileSync(join(options.out, `${part}.json`), `${JSON.stringify(results, null, 2)}\n`)
  drawResults(options.out, { ...results, figures: pictured })
}

/** One picture for each measure, beside the results. */
export const drawResults = (folder: string, results: Results): void => {
  for (const { name, svg } of plot(results)) writeFileSync(join(folder, `${results.part}-${name}.svg`), svg)
}

/** What the parts have written there, by name. Empty where there is no such folder. */
export const readResults = (folder: string): ReadonlyMap<string, Results> => {
  try {
    const files = readdirSync(folder).filter(file => file.endsWith('.json'))
    const all = files.map(file => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Results)
    return new Map(all.map(results => [results.part, results]))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    throw error
  }
}
