import * as Y from 'yjs'
import { seededDice } from '../tests/support/seeded.ts'
import { generateDeviceKeys } from '../worker/keys/device-keys.ts'
import { createContentKeys } from '../worker/keys/key-derivation.ts'
import { createSealer } from '../worker/keys/sealer.ts'
import { randomId, systemRandom } from '../worker/platform/random.ts'
import { firstStatement } from '../worker/workspace/statements.ts'

/**
 * How long a new device takes from the bytes of a compacted log to the document, beside plain `Y.applyUpdate` of the
 * same content. `node bench/compacted-log.ts`
 */

const ROUNDS = 15
const RUN = 40

/** A text as somebody types it: runs of letters here and there, a tenth of them deleted again. */
const typedText = (edits: number): Y.Doc => {
  const dice = seededDice(7)
  const doc = new Y.Doc()
  const text = doc.getText('text')
  let at = 0
  for (let edit = 0; edit < edits; edit++) {
    if (edit % RUN === 0) at = dice.below(text.length + 1)
    if (dice.below(10) === 0 && at > 0) text.delete(--at, 1)
    else text.insert(at++, 'abcdefgh '[dice.below(9)]!)
  }
  return doc
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const timed = async (work: () => Promise<void>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

const keys = await generateDeviceKeys()
const { id: workspace } = await firstStatement(keys, systemRandom, Date.now())
const contentKeys = await createContentKeys(workspace, systemRandom(32))
const sealer = createSealer({
  workspace,
  device: keys,
  random: systemRandom,
  contentKeys: () => contentKeys,
  epoch: () => 1,
  follow: async () => undefined,
  counts: async () => true,
  isKnown: () => true,
  isForAll: () => true,
  onTaken: () => undefined,
})
const note = randomId(systemRandom)

const rows = []
for (const edits of [1_000, 10_000, 100_000]) {
  const content = typedText(edits)
  const update = Y.encodeStateAsUpdate(content)
  const { bytes } = await sealer.sealSnapshot(note, update, {}, new Uint8Array(32))
  const plain: number[] = []
  const sealed: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    plain.push(await timed(async () => Y.applyUpdate(new Y.Doc(), update)))
    sealed.push(
      await timed(async () => {
        const opened = await sealer.open(note, bytes)
        if (!opened.ok) throw new Error(opened.error.message)
        Y.applyUpdate(new Y.Doc(), opened.value.update)
      }),
    )
  }
  rows.push({
    edits,
    'plain update (KB)': Math.round(update.length / 1024),
    'sealed snapshot (KB)': Math.round(bytes.length / 1024),
    'applyUpdate (ms)': Number(median(plain).toFixed(2)),
    'opened and applied (ms)': Number(median(sealed).toFixed(2)),
    ratio: Number((median(sealed) / median(plain)).toFixed(2)),
  })
}
console.table(rows)
