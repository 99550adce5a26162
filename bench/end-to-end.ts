/**
 * Somebody types on one device, and it is seen on another: Holdfast's worker beside what people would use instead, each
 * with its own server on this machine. `npm run bench -- end-to-end`.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Editor } from './contenders/editors/types.d.ts'
import { prepareContenders, versionsOf } from './support/contenders.ts'
import { ARENA_PACKAGES, ARENAS, type StartArena } from './support/editors.ts'
import { readOptions } from './support/options.ts'
import { withPair } from './support/pair.ts'
import { quantile } from './support/statistics.ts'
import { take } from './support/take.ts'

const options = readOptions({ rounds: 3 })
const KEYS = options.small ? 5 : 200
/** Not a multiple of anybody's batch window. */
const BETWEEN_MS = 117
const SHARES = [0.5, 0.95, 0.99]
const PASTED = options.small ? 1_000 : 100_000

const whenLong = (editor: Editor, length: number): Promise<void> =>
  new Promise(resolve => {
    const look = (): void => {
      if (editor.text().length >= length) resolve()
    }
    editor.onChange(look)
    look()
  })

/** Milliseconds from each key on one device to its text on the other, and then of a long text that was pasted. */
const measure = (start: StartArena): Promise<number[]> =>
  withPair(start, async (one, other) => {
    const times: number[] = []
    const toOther = async (text: string): Promise<number> => {
      const length = one.text().length
      const began = performance.now()
      one.insert(length, text)
      await whenLong(other, length + text.length)
      return performance.now() - began
    }
    for (let key = 0; key < KEYS; key++) {
      await pause(BETWEEN_MS)
      times.push(await toOther('x'))
    }
    const pasted = await toOther('Seven words of a text to paste. '.repeat(PASTED / 32 + 1).slice(0, PASTED))
    return [...SHARES.map(share => quantile(times, share)), pasted]
  })

await prepareContenders()
const taking = take('end-to-end', options, versionsOf(ARENA_PACKAGES))
const inTime = { unit: 'ms', better: 'less' } as const
await taking.askAll(
  [
    ...SHARES.map(share => ({ ...inTime, measure: `a key to the other device, p${share * 100}`, with: {} })),
    { ...inTime, measure: 'a pasted text to the other device', with: { characters: PASTED } },
  ],
  Object.fromEntries(Object.entries(ARENAS).map(([name, start]) => [name, () => measure(start)])),
)
taking.finish()
