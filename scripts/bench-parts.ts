import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

export const BENCH_FOLDER = join(import.meta.dirname, '..', 'bench')

/** What sums up the results of all parts, in this order. */
export const SUMMARIES: readonly string[] = ['growth', 'goals', 'tables']

/** What measures: every other file of the bench's folder. */
export const PARTS: readonly string[] = readdirSync(BENCH_FOLDER)
  .filter(file => file.endsWith('.ts'))
  .map(file => basename(file, '.ts'))
  .filter(part => !SUMMARIES.includes(part))
  .sort()
