import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Later } from './ending.ts'

/** A folder of its own that is removed in the end. */
export const folderFor = async (later: Later): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
  // A browser that has just ended may still have a child that writes.
  later(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))
  return folder
}
