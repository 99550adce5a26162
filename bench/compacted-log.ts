import * as Y from 'yjs'
import { FINGERPRINT_BYTES } from '../protocol/envelope.ts'
import { seededDice } from '../tests/support/seeded.ts'
import { generateDeviceKeys } from '../worker/keys/device-keys.ts'
import { createContentKeys } from '../worker/keys/key-derivation.ts'
import { createSealer } from '../worker/keys/sealer.ts'
import { randomId, systemRandom } from '../worker/platform/random.ts'
import { firstStatement } from '../worker/workspace/statements.ts'
import { versionsOf } from './support/contenders.ts'
import { readOptions } from './support/options.ts'
import { take } from './support/take.ts'

/**
 * How long a new device takes from the bytes of a compacted log to the document, beside plain `Y.applyUpdate` of the
 * same content, and how many bytes those are. `npm run bench -- compacted-log`.
 */

const options = readOptions({ rounds: 15 })
const EDITS = options.small ? [100, 1_000] : [1_000, 10_000, 100_000]
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

const taking = take('compacted-log', options, versionsOf(['yjs']))
for (const edits of EDITS) {
  const update = Y.encodeStateAsUpdate(typedText(edits))
  const { bytes } = await sealer.sealSnapshot(note, update, {}, new Uint8Array(FINGERPRINT_BYTES))
  const about = { with: { edits }, better: 'less' } as const
  await taking.askAll(
    [
      { ...about, measure: 'from a compacted log to the document', unit: 'ms' },
      { ...about, measure: 'size of a compacted log', unit: 'KB' },
    ],
    {
      Holdfast: async () => [
        await timed(async () => {
          const opened = await sealer.open(note, bytes)
          if (!opened.ok) throw new Error(opened.error.message)
          Y.applyUpdate(new Y.Doc(), opened.value.update)
        }),
        bytes.length / 1000,
      ],
      'plain Yjs': async () => [
        await timed(async () => Y.applyUpdate(new Y.Doc(), update)),
        update.length / 1000,
      ],
    },
  )
}
taking.finish()
