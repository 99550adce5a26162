/**
 * What goes over the wire and comes to lie on the server's disk while somebody types a text, with somebody else who
 * reads along and in three weeks without, and what a reconnect costs. All bytes of the connections count, both ways,
 * for both devices, as TCP carries them; no contender compresses its messages. `npm run bench -- bytes`.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { prepareContenders, versionsOf } from './support/contenders.ts'
import { ARENA_PACKAGES, ARENAS, type Arena, LAPSE, type StartArena } from './support/editors.ts'
import { readOptions } from './support/options.ts'
import { type as typeKeys, whenText, withPair } from './support/pair.ts'
import { take } from './support/take.ts'
import { typing } from './support/typing.ts'

const options = readOptions({ rounds: 1 })
/** Somebody types this many keys, five a second, while somebody else looks. */
const KEYS = options.small ? 5 : 300
const BETWEEN_MS = options.small ? 20 : 200
/** Three weeks: on each of their working days somebody types at the same pace, alone, in time that passes quicker. */
const DAYS = options.small ? 2 : 15
/** A little on each of them, and ten times as much. */
const KEYS_A_DAY = options.small ? [20] : [35, 350]
/** Nothing more is on its way where so little passes in so long: pings, and who is there. */
const QUIET_MS = options.small ? 200 : 3_000
/** The same between two days of the weeks. */
const NIGHT_MS = options.small ? 200 : 1_500
const QUIET_BYTES = 200
/** Automerge Repo at times sends to and fro for ever after a reconnect, with nothing changed. */
const QUIET_WITHIN = 100

/** Resolves when hardly anything passes, with the bytes that passed since the start. */
const whenQuiet = async ({ proxy }: Arena, quietMs = QUIET_MS): Promise<number> => {
  for (let looks = 0; looks < QUIET_WITHIN; looks++) {
    const before = proxy.bytes()
    await pause(quietMs)
    if (proxy.bytes() - before <= QUIET_BYTES) return before
  }
  throw new Error(`It went on sending for ${(QUIET_WITHIN * quietMs) / 1000} s in which nothing changed.`)
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

const measureKeys = (start: StartArena): Promise<number[]> =>
  withPair(start, async (one, other, arena) => {
    one.remove(0, one.text().length)
    await whenText(other, one.text)
    const typed = await bytesOf(arena, async () => {
      await typeKeys(one, typing(KEYS), BETWEEN_MS)
      await whenText(other, one.text)
    })
    const reconnect = (): Promise<number> =>
      bytesOf(arena, async () => {
        await other.goOnline()
        await whenText(other, one.text)
      })
    await other.goOffline()
    const nothing = await reconnect()
    await other.goOffline()
    await typeKeys(one, typing(10), 0)
    return [typed / KEYS, nothing, await reconnect()]
  })

const measureWeeks = (start: StartArena, keysADay: number): Promise<number[]> =>
  withPair(
    start,
    async (one, other, arena) => {
      one.remove(0, one.text().length)
      await whenText(other, one.text)
      await other.goOffline()
      const strokes = [...typing(DAYS * keysADay)]
      const before = await whenQuiet(arena)
      let after = before
      for (let day = 0; day < DAYS; day++) {
        const ofDay = strokes.slice(day * keysADay, (day + 1) * keysADay)
        await typeKeys(one, ofDay, BETWEEN_MS / LAPSE.speed)
        after = await whenQuiet(arena, NIGHT_MS)
      }
      const reconnected = await bytesOf(arena, async () => {
        await other.goOnline()
        await whenText(other, one.text)
      })
      await arena.end()
      const disk = sizeOf(arena.folder)
      arena.letGo()
      return [(after - before) / strokes.length, reconnected, disk, sizeOf(arena.folder)]
    },
    LAPSE,
  )

await prepareContenders()
const taking = take('bytes', options, versionsOf(ARENA_PACKAGES))
const question = (measure: string, of: Record<string, number | string> = {}) => ({
  measure,
  with: of,
  unit: 'bytes',
  better: 'less' as const,
})
const questionsOfWeeks = (keysADay: number) => {
  const weeks = { days: DAYS, keys: DAYS * keysADay }
  return [
    question('on the wire for each key, to the server while nobody reads', weeks),
    question('to reconnect after three weeks of somebody else’s typing', weeks),
    question('on the server’s disk after them', weeks),
    question('on the server’s disk once what was compacted is let go of', weeks),
  ]
}
await taking.askAll(
  [
    question('on the wire for each key, to the server and to one reader', { keys: KEYS }),
    question('to reconnect with nothing changed'),
    question('to reconnect after ten keys'),
    ...KEYS_A_DAY.flatMap(questionsOfWeeks),
  ],
  Object.fromEntries(
    Object.entries(ARENAS).map(([name, start]) => [
      name,
      async () =>
        (
          await Promise.all([measureKeys(start), ...KEYS_A_DAY.map(keys => measureWeeks(start, keys))])
        ).flat(),
    ]),
  ),
)
taking.finish()
