import type { Result } from '../../protocol/result.ts'

/** Remembers what commands were answered, so that one that is sent again is not done again. */
export interface CommandLog {
  /** Does `work` once for each id. With `keep` the answer outlives the work; without, only the work under way is shared. */
  once<T>(id: string, keep: boolean, work: () => Promise<Result<T>>): Promise<Result<T>>
}

/** A tab sends again what it has no answer to: the newest few, never a day's typing. */
const MAX_REMEMBERED = 20_000

export const createCommandLog = (): CommandLog => {
  const answers = new Map<string, Promise<Result<unknown>>>()
  return {
    once: async (id, keep, work) => {
      const known = answers.get(id)
      // The same id is the same command, hence the same type of answer.
      if (known) return (await known) as Awaited<ReturnType<typeof work>>
      const answer = work()
      answers.set(id, answer)
      if (answers.size > MAX_REMEMBERED) {
        const [oldest] = answers.keys()
        if (oldest !== undefined) answers.delete(oldest)
      }
      try {
        return await answer
      } finally {
        if (!keep) answers.delete(id)
      }
    },
  }
}
