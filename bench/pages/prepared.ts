import type { Note } from '../support/archive.ts'
import type { PageApp } from './page-app.ts'

/** Makes the profiles with these notes and says how long that took: the longest part of a run, in which nothing is measured. */
export const prepared = async (
  name: string,
  app: PageApp,
  notes: readonly Note[],
  profile: string,
  ...others: readonly string[]
): Promise<void> => {
  const began = performance.now()
  await app.prepare(notes, profile, ...others)
  console.log(`${name}: ${notes.length} notes made in ${((performance.now() - began) / 1000).toFixed(1)} s`)
}
