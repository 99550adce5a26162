import { createSealer as create } from '../../../worker/keys/sealer.ts'

export * from '../../../worker/keys/sealer.ts'

/** Goes on under the same session in each life of a worker. */
export const createSealer: typeof create = deps => {
  let isSession = true
  const always = new TextEncoder().encode(deps.device.device).slice(0, 16)
  return create({
    ...deps,
    random: length => {
      if (!isSession) return deps.random(length)
      isSession = false
      return always
    },
  })
}
