/**
 * What goes over the wire and comes to lie on the server's disk while somebody types a text that somebody else sees,
 * and what a reconnect costs. All bytes of the connections count, both ways, for both devices, as TCP carries them; no
 * contender compresses its messages. `npm run bench -- bytes`.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Editor } from './contenders/editors/types.d.ts'
import { prepareContenders, versionsOf } from './support/contenders.ts'
import { ARENA_PACKAGES, ARENAS, type Arena, type StartArena } from './support/editors.ts'
import { readOptions } from './support/options.ts'
import { type as typeKeys, whenText, withPair } from './support/pair.ts'
import { take } from './support/take.ts'
import { typing } from './support/typing.ts'

const options = readOptions({ rounds: 1 })
/** Somebody types this many keys, five a second … */
const KEYS = options.small ? 20 : 600
const BETWEEN_MS = 200
/** … and this many as quickly as they come, as after days. */
const MANY_KEYS = options.small ? 300 : 20_000
/** Nothing more is on its way after so long without a byte. */
const QUIET_MS = options.small ? 700 : 3_000

/** Resolves when nothing has passed for a while, with the bytes that passed since the start. */
const whenQuiet = async ({ proxy }: Arena): Promise<number> => {
  for (;;) {
    const before = proxy.bytes()
    await pause(QUIET_MS)
    if (proxy.bytes() === before) return before
  }
}

const bytesOf = async (arena: Arena, work: () => Promise<void>): Promise<number> => {
  const before = await whenQuiet(arena)
  await work()
  return (await whenQuiet(arena)) - before
}

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(file => file.isFile())
    .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0)

const retype = async (one: Editor, other: Editor, keys: number, betweenMs: number): Promise<void> => {
  one.remove(0, one.text().length)
  await typeKeys(one, typing(keys), betweenMs)
  await whenText(other, one.text)
}

const measureWire = (start: StartArena): Promise<number[]> =>
  withPair(start, async (one, other, arena) => {
    const typed = await bytesOf(arena, () => retype(one, other, KEYS, BETWEEN_MS))
    await retype(one, other, MANY_KEYS, 0)
    await whenQuiet(arena)
    const disk = sizeOf(arena.folder)
    const reconnect = async (): Promise<number> => {
      return bytesOf(arena, async () => {
        await other.goOnline()
        await whenText(other, one.text)
      })
    }
    await other.goOffline()
    const nothing = await reconnect()
    await other.goOffline()
    await typeKeys(one, typing(10), 0)
    const ten = await reconnect()
    await other.goOffline()
    await typeKeys(one, typing(MANY_KEYS / 4, 11), 0)
    const weeks = await reconnect()
    return [typed / KEYS, disk, disk / one.text().length, nothing, ten, weeks]
  })

await prepareContenders()
const taking = take('bytes', options, versionsOf(ARENA_PACKAGES))
const question = (measure: string, unit: string, of: Record<string, number | string> = {}) => ({
  measure,
  with: of,
  unit,
  better: 'less' as const,
})
await taking.askAll(
  [
    question('on the wire for each key, to the server and to one reader', 'bytes', { keys: KEYS }),
    question('on the server’s disk, with all that was typed before', 'bytes', { keys: MANY_KEYS + KEYS }),
    question('on the server’s disk for each character of the text', 'bytes', { keys: MANY_KEYS + KEYS }),
    question('to reconnect with nothing changed', 'bytes'),
    question('to reconnect after ten keys', 'bytes'),
    question('to reconnect after weeks of somebody else’s typing', 'bytes', { keys: MANY_KEYS / 4 }),
  ],
  Object.fromEntries(Object.entries(ARENAS).map(([name, start]) => [name, () => measureWire(start)])),
)
taking.finish()
process.exit()
