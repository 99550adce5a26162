import { fail, type Result } from '../../protocol/result.ts'

/**
 * A call whose worker died never settles and Comlink does not notice, so each has an end: after `ms` milliseconds
 * `no-answer`, and `connection-lost` where the call itself throws. `null` waits for as long as it takes.
 */
export const within = async <T>(ms: number | null, call: Promise<Result<T>>): Promise<Result<T>> => {
  const calm = call.catch((error: unknown) =>
    fail('connection-lost', `The part of the app that keeps your notes could not be asked: ${String(error)}`),
  )
  if (ms === null) return calm
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = new Promise<Result<T>>(resolve => {
    timer = setTimeout(
      () =>
        resolve(fail('no-answer', 'The part of the app that keeps your notes does not answer. Try again.')),
      ms,
    )
  })
  const result = await Promise.race([calm, end])
  clearTimeout(timer)
  return result
}
