/** To be called with what ends something that was just started. */
export type Later = (end: () => unknown) => void

/** Does the work, and then ends all that was started for it, the last first, also where the work fails. */
export const endingAll = async <T>(work: (later: Later) => Promise<T>): Promise<T> => {
  const ends: (() => unknown)[] = []
  try {
    return await work(end => ends.push(end))
  } finally {
    for (const end of ends.reverse())
      try {
        await end()
      } catch (error) {
        console.error('Something that the bench had started could not be ended.', error)
      }
  }
}
