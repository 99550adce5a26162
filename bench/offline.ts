/**
 * 10,000 keys typed into 200 notes on a device without a network, then the network is back: how long until the server
 * and another device have all of it, what passes over the network for it, and how long the thread of the devices is
 * busy at a stretch, in which a key would wait for its echo. Both devices are in this process, the server in another;
 * what the devices store lies in memory.
 *
 * Holdfast and "one document" have the whole workspace on both devices, with no note open on Holdfast's other device.
 * Of the others a device knows only notes that it has opened: they have just the 200, and all of them open.
 * `npm run bench -- offline`.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { BESIDE } from './offline/beside.ts'
import { openHoldfast } from './offline/holdfast.ts'
import type { Change, OpenWorkspace, Workspace } from './offline/workspace.ts'
import { notesOf } from './support/archive.ts'
import { prepareContenders, versionsOf } from './support/contenders.ts'
import { ARENA_PACKAGES } from './support/editors.ts'
import { endingAll } from './support/ending.ts'
import { readOptions } from './support/options.ts'
import { take } from './support/take.ts'
import { typing } from './support/typing.ts'

const options = readOptions({ rounds: 2 })
const BYTES_EACH = 10_000
const MEGABYTES = options.small ? [0.2] : [10, 100]
const [CHANGES, CHANGED] = options.small ? [200, 10] : [10_000, 200]

const OPEN: Readonly<Record<string, OpenWorkspace>> = { Holdfast: openHoldfast, ...BESIDE }

/** Somebody types at the beginning of one note after the other. */
function* changesOf(round: number): Generator<Change> {
  for (let note = 0; note < CHANGED; note++)
    for (const stroke of typing(CHANGES / CHANGED, 1 + round * CHANGED + note)) yield { note, ...stroke }
}

const measure = async (workspace: Workspace, round: number): Promise<readonly number[]> => {
  await workspace.writeOffline(changesOf(round))
  const busy = monitorEventLoopDelay({ resolution: 1 })
  const before = workspace.bytes()
  const began = performance.now()
  busy.enable()
  await workspace.comeTogether()
  busy.disable()
  const seconds = (performance.now() - began) / 1000
  await workspace.check()
  return [seconds, (workspace.bytes() - before) / 1000, busy.max / 1e6]
}

await prepareContenders()
const taking = take('offline', options, versionsOf(ARENA_PACKAGES))
for (const megabytes of MEGABYTES)
  await endingAll(async later => {
    const texts = notesOf((megabytes * 1e6) / BYTES_EACH, BYTES_EACH).map(({ text }) => text)
    const workspaces = new Map<string, Workspace>()
    let rounds = 0
    const about = {
      with: { 'MB of notes': megabytes, changes: CHANGES },
      better: 'less',
    } as const
    await taking.askAll(
      [
        { ...about, measure: 'until another device has what was written offline', unit: 's' },
        { ...about, measure: 'on the wire for what was written offline', unit: 'KB' },
        { ...about, measure: 'busy at a stretch while it comes together', unit: 'ms' },
      ],
      Object.fromEntries(
        Object.entries(OPEN).map(([name, open]) => [
          name,
          async () => {
            const began = performance.now()
            const workspace = workspaces.get(name) ?? (await open(texts, CHANGED, later))
            if (!workspaces.has(name))
              console.log(`${name}: made in ${((performance.now() - began) / 1000).toFixed(1)} s`)
            workspaces.set(name, workspace)
            rounds += 1
            return measure(workspace, rounds)
          },
        ]),
      ),
    )
  })
taking.finish()
