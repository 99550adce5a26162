import 'fake-indexeddb/auto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import * as Y from 'yjs'
import { startRelay } from '../tests/support/relay.ts'
import { seededDice } from '../tests/support/seeded.ts'
import { createDevice } from '../tests/support/simulated-device.ts'
import { systemClock } from '../worker/platform/clock.ts'
import { randomId, systemRandom } from '../worker/platform/random.ts'
import { sealedRelay } from '../worker/storage/stored-relay.ts'
import { LOG_SLACK_BYTES } from '../worker/sync/document/compaction.ts'
import { createWorkspace } from '../worker/workspace/workspace.ts'
import { versionsOf } from './support/contenders.ts'
import { endingAll } from './support/ending.ts'
import { readOptions } from './support/options.ts'
import { take } from './support/take.ts'

/**
 * How a document's log at the relay grows with what is typed into it, and what is sent to keep it small: a real device,
 * a real relay, time a hundred times as fast. Beside it what Yjs makes of the same typing: its updates, two keys in
 * each, and its whole state. `npm run bench -- log-growth`.
 */

const options = readOptions({ rounds: 1 })
const SPEED = 100
/** Somebody who types quickly presses about two keys in the 250 ms of a batch. */
const KEYS_PER_BATCH = 2
const BATCH_MS = 250 / SPEED + 1
const RUN = 40
/** What a log may have beyond its snapshots (bytes). */
const SLACK = 64 * 1024

interface Case {
  readonly startBytes: number
  readonly edits: number
}

const CASES: readonly Case[] = options.small
  ? [{ startBytes: 1_000, edits: 200 }]
  : [
      { startBytes: 0, edits: 10_000 },
      { startBytes: 0, edits: 100_000 },
      { startBytes: 1_000, edits: 20_000 },
      { startBytes: 100_000, edits: 20_000 },
      { startBytes: 1_000_000, edits: 20_000 },
    ]

/** Bytes. */
interface Measured {
  /** What counts in the log. */
  readonly live: number
  readonly sentForSnapshots: number
  readonly sentForEdits: number
}

const measureLog = (dataDir: string): Measured => {
  const database = new DatabaseSync(join(dataDir, 'relay.sqlite'), { readOnly: true })
  const sum = (where: string): number =>
    Number(
      (
        database
          .prepare(`SELECT coalesce(sum(length(envelope)), 0) AS n FROM entries WHERE ${where}`)
          .get() as {
          n: number
        }
      ).n,
    )
  // The kind is a bit of the first byte (protocol/envelope.ts).
  const isSnapshot = `substr(envelope, 1, 1) IN (x'22', x'23')`
  const measured = {
    live: sum('replaced IS NULL'),
    sentForSnapshots: sum(isSnapshot),
    sentForEdits: sum(`NOT ${isSnapshot}`),
  }
  database.close()
  return measured
}

/** Runs of keys at changing places, a tenth of them deletions; `afterBatch` follows every other one. */
const typeInto = async (text: Y.Text, edits: number, afterBatch: (edit: number) => unknown) => {
  const dice = seededDice(7)
  let at = text.length
  for (let edit = 0; edit < edits; edit++) {
    if (edit % RUN === 0) at = dice.below(text.length + 1)
    if (dice.below(10) === 0 && at > 0) text.delete(--at, 1)
    else text.insert(at++, 'abcdefgh '[dice.below(9)]!)
    if (edit % KEYS_PER_BATCH === KEYS_PER_BATCH - 1) await afterBatch(edit)
  }
}

const LOOK_EVERY = 2_000

const typeAtRelay = ({ startBytes, edits }: Case): Promise<readonly number[]> =>
  endingAll(async later => {
    const relay = await startRelay({ env: { LOG_LEVEL: 'silent' } })
    later(() => relay.discard())
    const device = await createDevice({
      name: `growth ${startBytes} ${edits} ${randomId(systemRandom)}`,
      speed: SPEED,
      logSlackBytes: LOG_SLACK_BYTES,
      workspace: async keys => ({
        ...(await createWorkspace(keys, systemRandom, systemClock)),
        relays: [sealedRelay(relay.url)],
      }),
    })
    const life = await device.start()
    later(() => life.stop())
    const note = await life.open(randomId(systemRandom))
    const text = note.doc.getText('text')
    if (startBytes > 0) text.insert(0, 'x'.repeat(startBytes))
    await life.synced()
    const before = measureLog(relay.dataDir)
    let worst = 0
    const look = (): Measured => {
      const measured = measureLog(relay.dataDir)
      const snapshot = Y.encodeStateAsUpdateV2(note.doc).length
      worst = Math.max(worst, measured.live / (2 * snapshot + SLACK))
      return measured
    }
    await typeInto(text, edits, async edit => {
      await pause(BATCH_MS)
      if (edit % LOOK_EVERY === LOOK_EVERY - 1) look()
    })
    await life.synced()
    const after = look()
    const snapshots = after.sentForSnapshots - before.sentForSnapshots
    const sent = after.sentForEdits - before.sentForEdits + snapshots
    return [after.live / 1000, sent / 1000, snapshots / 1000, worst]
  })

/** Yjs's state is what stands in the place of a log, and nothing is sent to keep it small. */
const typePlainly = async ({ startBytes, edits }: Case): Promise<readonly number[]> => {
  const doc = new Y.Doc()
  const text = doc.getText('text')
  if (startBytes > 0) text.insert(0, 'x'.repeat(startBytes))
  let sent = 0
  let waiting: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => waiting.push(update))
  await typeInto(text, edits, () => {
    sent += Y.mergeUpdates(waiting).length
    waiting = []
  })
  return [Y.encodeStateAsUpdate(doc).length / 1000, sent / 1000]
}

const taking = take('log-growth', options, versionsOf(['yjs']))
for (const one of CASES) {
  const about = {
    with: { edits: one.edits, 'bytes at the start': one.startBytes },
    unit: 'KB',
    better: 'less',
  } as const
  const sizes = [
    { ...about, measure: 'log of a document, once all was typed' },
    { ...about, measure: 'sent while it was typed' },
  ]
  let more: readonly number[] = []
  await taking.askAll(sizes, {
    Holdfast: async () => {
      const [log, sent, ...rest] = await typeAtRelay(one)
      more = rest
      return [log!, sent!]
    },
    'plain Yjs': () => typePlainly(one),
  })
  await taking.askAll(
    [
      { ...about, measure: 'sent in snapshots, to keep the log small' },
      { ...about, measure: 'largest log, in two snapshots and 64 KB', unit: 'times' },
    ],
    { Holdfast: async () => more },
  )
}
taking.finish()
