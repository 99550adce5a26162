import { fork } from 'node:child_process'
import { join } from 'node:path'
import { within } from '../support/within.ts'
import type { Answered, Load } from './load.ts'

/** The same in a process of its own, where every answer comes later. */
export type LoadProcess = {
  readonly [Method in keyof Load]: (
    ...args: Parameters<Load[Method]>
  ) => Promise<Awaited<ReturnType<Load[Method]>>>
} & { end(): void }

/** A server that is not done by then is not going to be, on any machine that this is of interest on. */
const WITHIN_MS = 180_000

export const startLoad = (): LoadProcess => {
  const child = fork(join(import.meta.dirname, 'load.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  child.on('message', ({ id, value, failed }: Answered) => {
    const asked = waiting.get(id)
    waiting.delete(id)
    if (failed === undefined) asked?.resolve(value)
    else asked?.reject(new Error(failed))
  })
  child.on('exit', () => {
    process.off('exit', end)
    for (const { reject } of waiting.values()) reject(new Error('The load generator ended.'))
  })
  const ask = (method: keyof Load, args: readonly unknown[]): Promise<unknown> => {
    const answer = Promise.withResolvers<unknown>()
    last += 1
    waiting.set(last, answer)
    child.send({ id: last, method, args })
    if (method === 'prepare') return answer.promise
    return within(WITHIN_MS, answer.promise, method)
  }
  const methods: readonly (keyof Load)[] = ['prepare', 'found', 'join', 'flood', 'type', 'has', 'leave']
  const asking = Object.fromEntries(
    methods.map(method => [method, (...args: readonly unknown[]) => ask(method, args)]),
  )
  return { ...asking, end } as unknown as LoadProcess
}
