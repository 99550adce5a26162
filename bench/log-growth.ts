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

/**
 * How a document's log at the relay grows with what is typed into it, and what is sent to keep it small: a real device,
 * a real relay, time a hundred times as fast. `node bench/log-growth.ts [edits]`
 */

const SPEED = 100
/** Somebody who types quickly presses about two keys in the 250 ms of a batch. */
const KEYS_PER_BATCH = 2
const BATCH_MS = 250 / SPEED + 1
const RUN = 40

interface Measured {
  readonly live: number
  readonly snapshot: number
  readonly entries: number
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
  const isSnapshot = `substr(envelope, 2, 1) = x'02'`
  const { n: entries } = database
    .prepare('SELECT count(*) AS n FROM entries WHERE replaced IS NULL')
    .get() as {
    n: number
  }
  const measured = {
    live: sum('replaced IS NULL'),
    snapshot: sum(`replaced IS NULL AND ${isSnapshot}`),
    entries,
    sentForSnapshots: sum(isSnapshot),
    sentForEdits: sum(`NOT ${isSnapshot}`),
  }
  database.close()
  return measured
}

const run = async (startBytes: number, edits: number) => {
  const relay = await startRelay({ env: { LOG_LEVEL: 'silent' } })
  const device = await createDevice({
    name: `growth ${startBytes}`,
    speed: SPEED,
    logSlackBytes: LOG_SLACK_BYTES,
    workspace: async keys => ({
      ...(await createWorkspace(keys, systemRandom, systemClock)),
      relays: [sealedRelay(relay.url)],
    }),
  })
  const life = await device.start()
  const note = await life.open(randomId(systemRandom))
  const text = note.doc.getText('text')
  if (startBytes > 0) text.insert(0, 'x'.repeat(startBytes))
  await life.synced()
  const before = measureLog(relay.dataDir)
  let plainBytes = 0
  note.doc.on('update', (update: Uint8Array) => {
    plainBytes += update.length
  })
  const dice = seededDice(7)
  let at = text.length
  let worst = 0
  for (let edit = 0; edit < edits; edit++) {
    if (edit % RUN === 0) at = dice.below(text.length + 1)
    if (dice.below(10) === 0 && at > 0) text.delete(--at, 1)
    else text.insert(at++, 'abcdefgh '[dice.below(9)]!)
    if (edit % KEYS_PER_BATCH === KEYS_PER_BATCH - 1) await pause(BATCH_MS)
    if (edit % 2_000 === 1_999) {
      const { live } = measureLog(relay.dataDir)
      worst = Math.max(worst, live / (2 * Y.encodeStateAsUpdateV2(note.doc).length + 64 * 1024))
    }
  }
  await life.synced()
  const after = measureLog(relay.dataDir)
  const snapshot = Y.encodeStateAsUpdateV2(note.doc).length
  await life.stop()
  await relay.discard()
  const sentForSnapshots = after.sentForSnapshots - before.sentForSnapshots
  const sentForEdits = after.sentForEdits - before.sentForEdits
  return {
    'start (KB)': startBytes / 1024,
    edits,
    'log (KB)': Math.round(after.live / 1024),
    'snapshot (KB)': Math.round(snapshot / 1024),
    'log / (2 snapshots + 64 KB)': Number((after.live / (2 * snapshot + 65_536)).toFixed(2)),
    'worst of it': Number(worst.toFixed(2)),
    'snapshots sent / edits sent': Number((sentForSnapshots / sentForEdits).toFixed(2)),
    'snapshots sent / plain edits': Number((sentForSnapshots / plainBytes).toFixed(2)),
  }
}

const edits = Number(process.argv[2] ?? 100_000)
const rows = [await run(0, edits)]
for (const startKb of [1, 100, 1024]) rows.push(await run(startKb * 1024, Math.ceil(edits / 5)))
console.table(rows)
process.exit()
