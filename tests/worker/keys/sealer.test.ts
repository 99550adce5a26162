import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { DeviceKeys } from '../../../protocol/device-database.ts'
import { FINGERPRINT_BYTES, nonceFor, parseEnvelope } from '../../../protocol/envelope.ts'
import { type DeviceId, HOME_DOCUMENT } from '../../../protocol/ids.ts'
import { generateDeviceKeys } from '../../../worker/keys/device-keys.ts'
import { createContentKeys } from '../../../worker/keys/key-derivation.ts'
import { createSealer, type Sealer } from '../../../worker/keys/sealer.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import { firstStatement } from '../../../worker/workspace/statements.ts'

const LATE_FROM = 1_000
const START = new Uint8Array(FINGERPRINT_BYTES)
const note = randomId(systemRandom)

const setup = async () => {
  const [ana, ben, eve] = await Promise.all([
    generateDeviceKeys(),
    generateDeviceKeys(),
    generateDeviceKeys(),
  ])
  const { id: workspace } = await firstStatement(ana, systemRandom, Date.now())
  const root = systemRandom(32)
  const members = new Set<DeviceId>([ana.device, ben.device])
  const sealerOf = async (
    device: DeviceKeys<CryptoKey>,
    itsRoot = root,
    itsWorkspace = workspace,
    epoch = 1,
  ): Promise<Sealer> => {
    const keys = await createContentKeys(itsWorkspace, itsRoot)
    return createSealer({
      workspace: itsWorkspace,
      device,
      random: systemRandom,
      contentKeys: number => (number <= epoch ? keys : null),
      epoch: () => epoch,
      follow: async () => undefined,
      counts: async (id, _session, sequence) => members.has(id) && sequence < LATE_FROM,
      isKnown: id => members.has(id),
      isForAll: () => true,
      onTaken: () => undefined,
    })
  }
  const doc = new Y.Doc()
  doc.getText('text').insert(0, 'a word only for members')
  return { ana, ben, eve, workspace, root, sealerOf, update: Y.encodeStateAsUpdate(doc) }
}

const codeOf = (result: { ok: boolean; error?: { code: string } }): string =>
  result.ok ? 'opened' : result.error!.code

test('what one member seals, another opens, and nobody reads it on the way', async () => {
  const { ana, ben, sealerOf, update } = await setup()
  const sealed = await (await sealerOf(ana)).seal(note, update, START)
  expect(Buffer.from(sealed.bytes).includes('only for members')).toBe(false)
  const opened = await (await sealerOf(ben)).open(note, sealed.bytes)
  expect(codeOf(opened)).toBe('opened')
  const doc = new Y.Doc()
  if (opened.ok) Y.applyUpdate(doc, opened.value.update)
  expect(doc.getText('text').toJSON()).toBe('a word only for members')
})

test('what is sealed at once, of several documents, is opened in any order', async () => {
  const { ana, ben, sealerOf, update } = await setup()
  const [author, reader] = [await sealerOf(ana), await sealerOf(ben)]
  const documents = [note, HOME_DOCUMENT, note, HOME_DOCUMENT]
  const sealed = await Promise.all(documents.map(document => author.seal(document, update, START)))
  const opened = await Promise.all(
    sealed.map(({ bytes }, index) => reader.open(documents[index]!, bytes)).reverse(),
  )
  expect(opened.map(codeOf)).toEqual(['opened', 'opened', 'opened', 'opened'])
})

test('an envelope cannot be moved, changed, or made by a stranger', async () => {
  const { ana, ben, eve, sealerOf, update } = await setup()
  const reader = await sealerOf(ben)
  const sealed = await (await sealerOf(ana)).seal(note, update, START)

  expect(codeOf(await reader.open(HOME_DOCUMENT, sealed.bytes))).toBe('envelope-signature')
  for (const at of [0, 3, 8, 40, 56, 60, 65, 90, sealed.bytes.length - 1]) {
    const changed = new Uint8Array(sealed.bytes)
    changed[at]! ^= 1
    expect(codeOf(await reader.open(note, changed)), `byte ${at}`).not.toBe('opened')
  }
  expect(codeOf(await reader.open(note, sealed.bytes.subarray(0, 100)))).toBe('envelope-malformed')
  const strangers = await (await sealerOf(eve)).seal(note, update, START)
  expect(codeOf(await reader.open(note, strangers.bytes))).toBe('envelope-member')
  const otherRoot = await (await sealerOf(ana, systemRandom(32))).seal(note, update, START)
  expect(codeOf(await reader.open(note, otherRoot.bytes))).toBe('envelope-sealed')
})

test('sealed content that Yjs cannot decode is refused, not swallowed', async () => {
  const { ana, ben, sealerOf, update } = await setup()
  const author = await sealerOf(ana)
  const broken = update.slice(0, update.length - 5)
  const sealed = await author.seal(note, broken, START).catch(() => null)
  if (sealed === null) return // our own side does not even seal it
  expect(codeOf(await (await sealerOf(ben)).open(note, sealed.bytes))).toBe('envelope-content')
})

test('every envelope of a session has its own number, and each worker life its own session', async () => {
  const { ana, sealerOf, update } = await setup()
  const first = await sealerOf(ana)
  const ids = await Promise.all([1, 2, 3].map(async () => (await first.seal(note, update, START)).id))
  expect(new Set(ids).size).toBe(3)
  expect((await sealerOf(ana)).session).not.toBe(first.session)
})

test('no two envelopes of a device have one nonce: not in one life, nor in lives that began on the same disk', async () => {
  const { ana, sealerOf, update } = await setup()
  // A copied profile, or a disk that was put back, is the same device with the same keys: each life has its own session.
  const lives = await Promise.all([sealerOf(ana), sealerOf(ana), sealerOf(ana)])
  const sealed = await Promise.all(
    lives.flatMap(life => [
      life.seal(note, update, START),
      life.seal(HOME_DOCUMENT, update, START),
      life.sealSnapshot(note, update, {}, START),
      life.seal(note, update.slice(0, update.length - 5), START).catch(() => null), // takes a number nevertheless
      life.seal(note, update, START),
    ]),
  )
  const nonces = await Promise.all(
    sealed.map(async (envelope, nth) => {
      const parsed = envelope && parseEnvelope(envelope.bytes)
      if (!parsed?.ok) return `not sealed ${nth}`
      return String(await nonceFor(parsed.value.session, parsed.value.sequence))
    }),
  )
  expect(new Set(nonces).size).toBe(sealed.length)
})

test('presence is readable for members of this document only', async () => {
  const { ana, ben, sealerOf } = await setup()
  const data = Uint8Array.of(1, 2, 3)
  const sealed = await (await sealerOf(ana)).sealPresence(note, data)
  const reader = await sealerOf(ben)
  expect(await reader.openPresence(note, sealed)).toEqual(data)
  expect(await reader.openPresence(HOME_DOCUMENT, sealed)).toBeNull()
  expect(await reader.openPresence(note, sealed.subarray(0, 9))).toBeNull()
})

test('presence under keys of before is nobody’s: it may be of somebody who was removed', async () => {
  const { ana, ben, root, workspace, sealerOf } = await setup()
  const sealed = await (await sealerOf(ana)).sealPresence(note, Uint8Array.of(1))
  expect(await (await sealerOf(ben, root, workspace, 2)).openPresence(note, sealed)).toBeNull()
})

test('a snapshot brings what it covers along, sealed as everything else', async () => {
  const { ana, ben, sealerOf, update } = await setup()
  const heads = { [randomId(systemRandom)]: ['AAAAAAAAAAAA'] }
  const sealed = await (await sealerOf(ana)).sealSnapshot(note, update, heads, START)
  const opened = await (await sealerOf(ben)).open(note, sealed.bytes)
  expect(opened).toMatchObject({ ok: true, value: { id: sealed.id, heads, fingerprint: sealed.fingerprint } })
})

test('what was sealed with keys of a moment ago is opened once they are heard of, and named where a relay keeps them back', async () => {
  const { ana, ben, workspace, root, update } = await setup()
  const keys = await createContentKeys(workspace, root)
  const sealerAt = (device: DeviceKeys<CryptoKey>, knows: () => boolean, follow: () => Promise<void>) =>
    createSealer({
      workspace,
      device,
      random: systemRandom,
      contentKeys: epoch => (epoch === 2 && knows() ? keys : null),
      epoch: () => 2,
      follow,
      counts: async () => true,
      isKnown: () => true,
      isForAll: () => true,
      onTaken: () => undefined,
    })
  const { bytes } = await sealerAt(
    ana,
    () => true,
    async () => undefined,
  ).seal(note, update, START)

  let heard = false
  const late = sealerAt(
    ben,
    () => heard,
    async () => {
      heard = true
    },
  )
  expect(codeOf(await late.open(note, bytes))).toBe('opened')
  const kept = sealerAt(
    ben,
    () => false,
    async () => undefined,
  )
  expect(codeOf(await kept.open(note, bytes))).toBe('envelope-keys')
})
