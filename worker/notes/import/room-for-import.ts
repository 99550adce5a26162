import { fail, ok, type Result } from '../../../protocol/result.ts'
import type { FreeSpace } from '../../platform/disk-space.ts'
import type { NoteFile } from './import-files.ts'

/** What a note takes besides its text: its database and its line in the index. Measured in Chromium. */
const BYTES_PER_NOTE = 2_000
/** Texts are stored as UTF-8, and once more while the database is tidied up. */
const GROWTH = 1.3
/** Past this part of what is free the browser may refuse before the end, or soon after. */
const TIGHT = 0.8

export const bytesNeeded = (files: readonly Pick<NoteFile, 'size'>[]): number =>
  Math.ceil(files.reduce((bytes, { size }) => bytes + size * GROWTH + BYTES_PER_NOTE, 0))

const megabytes = (bytes: number): string => {
  const count = bytes / 1_000_000
  return `${count.toLocaleString('en', { maximumFractionDigits: count < 10 ? 1 : 0 })} MB`
}

/**
 * Whether this many bytes fit, before anything is written. Errors: `no-space`; `tight-space`, which the person may go
 * past. A browser that does not say how much is free is taken at no word at all.
 */
export const roomForImport = async (
  needed: number,
  free: FreeSpace,
  evenIfTight: boolean,
): Promise<Result<null>> => {
  const available = await free()
  if (available === null) return ok(null)
  const numbers = `This import needs about ${megabytes(needed)}, and this browser lets Holdfast store ${megabytes(available)} more.`
  if (needed > available)
    return fail(
      'no-space',
      `${numbers} Nothing was imported, and your notes are as they were. Free some space on this device, or import a part at a time.`,
    )
  if (needed > available * TIGHT && !evenIfTight)
    return fail(
      'tight-space',
      `${numbers} That is close: there may be no space left to write afterwards. Nothing was imported yet.`,
    )
  return ok(null)
}
