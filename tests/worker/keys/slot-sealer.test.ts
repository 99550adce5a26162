import { expect, test } from 'vitest'
import type { DeviceKeys } from '../../../protocol/device-database.ts'
import type { SlotContent } from '../../../protocol/slot.ts'
import { generateDeviceKeys } from '../../../worker/keys/device-keys.ts'
import { createContentKeys } from '../../../worker/keys/key-derivation.ts'
import { createSlotSealer } from '../../../worker/keys/slot-sealer.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import { firstStatement } from '../../../worker/workspace/statements.ts'

const document = randomId(systemRandom)
const CONTENT: SlotContent = {
  log: 'the log',
  stored: 57,
  at: 1_800_000_000_000,
  wants: [{ document, want: 'w1' }],
  haves: ['w2'],
}

const setup = async () => {
  const [ana, ben] = await Promise.all([generateDeviceKeys(), generateDeviceKeys()])
  const [{ id: workspace }, { id: elsewhere }] = await Promise.all([
    firstStatement(ana, systemRandom, Date.now()),
    firstStatement(ben, systemRandom, Date.now()),
  ])
  const root = systemRandom(32)
  const sealerOf = async (device: DeviceKeys<CryptoKey>, of = workspace, itsRoot = root) => {
    const keys = await createContentKeys(of, itsRoot)
    return createSlotSealer({
      workspace: of,
      device,
      random: systemRandom,
      contentKeys: epoch => (epoch === 1 ? keys : null),
      epoch: () => 1,
      follow: async () => undefined,
    })
  }
  return { ana, ben, elsewhere, sealerOf }
}

const code = (result: { ok: boolean; error?: { code: string } }) => result.error?.code ?? 'opened'

test('what a device tells of itself, the others read, and nobody on the way', async () => {
  const { ana, ben, sealerOf } = await setup()
  const sealed = await (await sealerOf(ana)).seal(CONTENT)
  expect(Buffer.from(sealed).includes('the log')).toBe(false)
  expect(await (await sealerOf(ben)).open(ana.device, sealed)).toEqual({ ok: true, value: CONTENT })
})

test('a relay cannot pass it off as another device’s, nor move it to another workspace', async () => {
  const { ana, ben, elsewhere, sealerOf } = await setup()
  const sealed = await (await sealerOf(ana)).seal(CONTENT)
  const reader = await sealerOf(ben)
  expect(code(await reader.open(ben.device, sealed))).toBe('slot-device')
  expect(code(await (await sealerOf(ben, elsewhere)).open(ana.device, sealed))).toBe('slot-signature')
})

test('a changed byte anywhere is noticed', async () => {
  const { ana, ben, sealerOf } = await setup()
  const sealed = await (await sealerOf(ana)).seal(CONTENT)
  const reader = await sealerOf(ben)
  for (let at = 0; at < sealed.length; at += 1) {
    const forged = new Uint8Array(sealed)
    forged[at]! ^= 1
    expect(code(await reader.open(ana.device, forged)), `byte ${at}`).toMatch(/^slot-/)
  }
  expect(code(await reader.open(ana.device, sealed.subarray(0, 80)))).toBe('slot-malformed')
})

test('who has other keys opens nothing', async () => {
  const { ana, ben, sealerOf } = await setup()
  const sealed = await (await sealerOf(ana)).seal(CONTENT)
  const stranger = await sealerOf(ben, undefined, systemRandom(32))
  expect(code(await stranger.open(ana.device, sealed))).toBe('slot-sealed')
})
