import { convertDatabase } from '../storage/convert-database.ts'
import type { SealOf } from '../storage/database-seal.ts'
import type { Form } from '../storage/document-databases.ts'

interface Conversion {
  readonly names: readonly string[]
  readonly to: Form
  readonly sealOf: SealOf
  readonly onProgress: (done: number) => void
  /** Whether to leave the rest for the next start. */
  readonly isStopped: () => boolean
}

const AT_ONCE = 8

/**
 * Gives all of these documents' databases one form, while nobody has any of them open. Whenever it ends, each is whole,
 * and goes on with what is left when it is called again. Resolves with how many could not be converted.
 */
export const convertDocuments = async ({
  names,
  to,
  sealOf,
  onProgress,
  isStopped,
}: Conversion): Promise<number> => {
  const left = [...names]
  let done = 0
  let failed = 0
  const work = async (): Promise<void> => {
    while (!isStopped()) {
      const name = left.shift()
      if (name === undefined) return
      try {
        await convertDatabase(name, to, await sealOf(name))
      } catch (error) {
        failed += 1
        console.error('A document could not be converted.', (error as Error).name)
      }
      done += 1
      onProgress(done)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return failed + left.length
}
