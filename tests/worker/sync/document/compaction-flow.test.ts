import 'fake-indexeddb/auto'
import { expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import { type EnvelopeKind, FINGERPRINT_BYTES, parseEnvelope } from '../../../../protocol/envelope.ts'
import type { DocumentId } from '../../../../protocol/ids.ts'
import { signToken } from '../../../../protocol/token.ts'
import { createSealer } from '../../../../worker/keys/sealer.ts'
import { randomId, systemRandom } from '../../../../worker/platform/random.ts'
import { openClient } from '../../../server/support/client.ts'
import { textOf } from '../../../support/simulated-device.ts'
import { createSimulatedRelay, type SimulatedRelay } from '../../../support/simulated-relay.ts'
import { createDevicesAt, type LivingDevice } from '../../../support/simulated-workspace.ts'

const setup = async (count: number) => {
  const relay = await createSimulatedRelay()
  onTestFinished(() => relay.crash())
  const devices = await createDevicesAt(relay.url, count)
  onTestFinished(async () => {
    for (const { life } of devices) await life.stop()
  })
  return { relay, devices, note: randomId(systemRandom) }
}

/** The kinds of the entries that a reader of the document gets, in order. */
const kindsOf = (relay: SimulatedRelay, note: DocumentId): readonly EnvelopeKind[] =>
  [...relay.disk.logs.values()].flatMap(({ entries }) =>
    entries
      .filter(({ document, replaced }) => document === note && replaced === null)
      .flatMap(({ envelope }) => {
        const parsed = parseEnvelope(envelope)
        return parsed.ok ? [parsed.value.kind] : []
      }),
  )

test('SYNC-7: a log stays small while somebody types without a pause, and the others get every key', async () => {
  const { relay, devices, note } = await setup(2)
  const [here, there] = await Promise.all(devices.map(({ life }) => life.open(note)))
  let typed = ''
  const isCompacted = () => kindsOf(relay, note).includes('snapshot')
  while (!isCompacted()) {
    const key = 'abcdef'[typed.length % 6]!
    here!.doc.getText('text').insert(typed.length, key)
    typed += key
    await here!.stored()
  }
  await vi.waitFor(() => expect(textOf(there!)).toBe(typed))
  expect(kindsOf(relay, note).length).toBeLessThan(typed.length / 2)
  for (const { life } of devices) {
    await life.synced()
    expect(life.sync.state().setAside).toBe(0)
  }
})

/** Puts a snapshot of what this device says the note is in the place of all entries, as a member may. */
const replaceAll = async (relay: SimulatedRelay, by: LivingDevice, note: DocumentId, content: Y.Doc) => {
  const { workspace } = by.life
  const { keys } = by.device
  const sealer = createSealer({
    workspace: workspace.id,
    device: keys,
    random: systemRandom,
    contentKeys: workspace.contentKeys,
    epoch: workspace.epoch,
    follow: async () => undefined,
    counts: async () => true,
    isKnown: () => true,
    isForAll: () => true,
    onTaken: () => undefined,
  })
  const update = Y.encodeStateAsUpdate(content)
  const snapshot = await sealer.sealSnapshot(note, update, {}, new Uint8Array(FINGERPRINT_BYTES))
  const token = await signToken(
    {
      workspace: workspace.id,
      audience: relay.url,
      scopes: ['read', 'write'],
      generation: workspace.access().gen,
      now: Math.floor(Date.now() / 1000),
    },
    keys.signing,
    keys.publicKey,
  )
  const client = openClient(relay.url, workspace.id, { token })
  await client.next('hello')
  client.send({ type: 'load', document: note, after: 0, request: 1 })
  const { entries } = await client.next('content')
  const replaced = entries.map(({ position }) => position)
  client.send({ type: 'replace', document: note, envelope: snapshot.bytes, replaced })
  await client.next('known', ({ envelopes }) => envelopes.includes(snapshot.id))
  await client.close()
}

test.each(['open', 'closed'] as const)(
  'SYNC-7: a snapshot that leaves something out is made good by a device that has it %s',
  async how => {
    const { relay, devices, note } = await setup(3)
    const [here, liar, later] = devices as [LivingDevice, LivingDevice, LivingDevice]
    // Neither has the note: only one device can make good what is left out.
    for (const { life } of devices.splice(1)) await life.stop()
    const open = await here.life.open(note)
    open.doc.getText('text').insert(0, 'Kept by one of us')
    await open.stored()
    await here.life.synced()
    if (how === 'closed') open.release()

    await replaceAll(relay, liar, note, new Y.Doc())
    expect(kindsOf(relay, note)[0]).toBe('snapshot')
    await vi.waitFor(() => expect(kindsOf(relay, note).length).toBeGreaterThan(1))

    const life = await later.device.start()
    devices.push({ device: later.device, life })
    const readers = await life.open(note)
    await vi.waitFor(() => expect(textOf(readers)).toBe('Kept by one of us'))
  },
)
