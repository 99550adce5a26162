import 'fake-indexeddb/auto'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { DocumentId } from '../../../protocol/ids.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import { textOf } from '../../support/simulated-device.ts'
import { createSimulatedRelay, type SimulatedRelay } from '../../support/simulated-relay.ts'
import { createDevicesAt } from '../../support/simulated-workspace.ts'

/** Turns one bit of every entry of a document, as a disk that goes bad or a relay that lies would. */
const damage = (relay: SimulatedRelay, document: DocumentId): void => {
  for (const [id, log] of relay.disk.logs) {
    const entries = log.entries.map(entry => {
      if (entry.document !== document) return entry
      const envelope = entry.envelope.slice()
      envelope[envelope.length - 100]! ^= 1
      return { ...entry, envelope }
    })
    relay.disk.logs.set(id, { ...log, entries })
  }
}

test('SYNC-8: what one device cannot read it asks the others for, and gets from whoever has it', async () => {
  const relay = await createSimulatedRelay()
  onTestFinished(() => relay.crash())
  const [here, there] = await createDevicesAt(relay.url, 2)
  await there!.life.stop()
  const note = randomId(systemRandom)
  const open = await here!.life.open(note)
  open.doc.getText('text').insert(0, 'Written before the disk went bad')
  await open.stored()
  await here!.life.synced()
  open.release()
  damage(relay, note)

  const back = await there!.device.start()
  onTestFinished(async () => {
    await back.stop()
    await here!.life.stop()
  })
  const received = await back.open(note)
  await vi.waitFor(() => expect(textOf(received)).toBe('Written before the disk went bad'))
  await vi.waitFor(() => expect(back.sync.state().setAside).toBe(0))
  await back.synced()
  expect(back.sync.report().setAside).toMatchObject([{ document: note, reason: 'envelope-signature' }])
})

test('SYNC-8: a want outlives the device that has it being away, and both ends being started again', async () => {
  const relay = await createSimulatedRelay()
  onTestFinished(() => relay.crash())
  const [here, there] = await createDevicesAt(relay.url, 2)
  await there!.life.stop()
  const note = randomId(systemRandom)
  const open = await here!.life.open(note)
  open.doc.getText('text').insert(0, 'Far away')
  await open.stored()
  await here!.life.synced()
  await here!.life.stop()
  damage(relay, note)

  let back = await there!.device.start()
  await vi.waitFor(() => expect(back.sync.state().setAside).toBe(1))
  await vi.waitFor(() => expect(relay.disk.logs.values().next().value!.slots.size).toBeGreaterThan(0))
  await back.stop()
  back = await there!.device.start()
  const again = await here!.device.start()
  onTestFinished(async () => {
    await back.stop()
    await again.stop()
  })
  const received = await back.open(note)
  await vi.waitFor(() => expect(textOf(received)).toBe('Far away'))
  await vi.waitFor(() => expect(back.sync.state().setAside).toBe(0))
})
