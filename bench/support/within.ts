/** What the work comes to, or a refusal once it took longer; nobody waits for it from then on. */
export const within = async <T>(ms: number, work: Promise<T>, what: string): Promise<T> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`Not done within ${ms / 1000} seconds (${what}).`)),
    ms,
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
