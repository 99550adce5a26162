import 'fake-indexeddb/auto'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { DocumentId } from '../../../../protocol/ids.ts'
import { randomId, systemRandom } from '../../../../worker/platform/random.ts'
import type { StoredRelayMemory } from '../../../../worker/storage/stored-progress.ts'
import { createWants } from '../../../../worker/sync/devices/wants.ts'
import { type DeviceLife, textOf } from '../../../support/simulated-device.ts'
import { createSimulatedRelay, type SimulatedRelay } from '../../../support/simulated-relay.ts'
import { createDevicesAt, type LivingDevice } from '../../../support/simulated-workspace.ts'

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

/** A note that only one of two devices has, at a relay that cannot hand it out any more. The other one is away. */
const setup = async (text: string) => {
  const relay = await createSimulatedRelay()
  onTestFinished(() => relay.crash())
  const [here, there] = (await createDevicesAt(relay.url, 2)) as [LivingDevice, LivingDevice]
  await there.life.stop()
  const note = randomId(systemRandom)
  const open = await here.life.open(note)
  open.doc.getText('text').insert(0, text)
  await open.stored()
  await here.life.synced()
  open.release()
  damage(relay, note)
  /** One more life of a device's worker, which ends with the test. */
  const start = async ({ device }: LivingDevice): Promise<DeviceLife> => {
    const life = await device.start()
    onTestFinished(life.stop)
    return life
  }
  return { relay, note, here, there, start }
}

const gets = async (life: DeviceLife, note: DocumentId, text: string): Promise<void> => {
  const open = await life.open(note)
  await vi.waitFor(() => expect(textOf(open)).toBe(text))
  await vi.waitFor(() => expect(life.sync.state().setAside).toBe(0))
}

test('SYNC-8: what one device cannot read it asks the others for, and gets from whoever has it', async () => {
  const { note, here, there, start } = await setup('Written before the disk went bad')
  onTestFinished(here.life.stop)
  const back = await start(there)
  await gets(back, note, 'Written before the disk went bad')
  await back.synced()
  expect(back.sync.report().setAside).toMatchObject([{ document: note, reason: 'envelope-signature' }])
})

test('SYNC-8: a want outlives the device that has it being away, and both ends being started again', async () => {
  const { relay, note, here, there, start } = await setup('Far away')
  await here.life.stop()
  const asking = await there.device.start()
  await vi.waitFor(() => expect(asking.sync.state().setAside).toBe(1))
  await vi.waitFor(() => expect(relay.disk.logs.values().next().value!.slots.size).toBeGreaterThan(0))
  await asking.stop()

  const back = await start(there)
  await start(here)
  await gets(back, note, 'Far away')
})

test('of a note that was deleted for good nothing is wanted any more; where it comes back, it is again', () => {
  const deleted = new Set<DocumentId>()
  let memory: StoredRelayMemory = { own: null, others: {}, reachedAt: null }
  const wants = createWants({
    memory: {
      get: () => memory,
      update: change => {
        memory = { ...memory, ...change }
      },
    },
    slots: { setWants: () => {}, setHaves: () => {}, others: () => new Map() },
    has: () => true,
    isDeleted: id => deleted.has(id),
    audit: () => {},
    onAnswered: () => {},
  })
  const note = randomId(systemRandom)
  wants.want(note, 'w')
  deleted.add(note)
  expect(wants.own()).toEqual([])
  deleted.clear()
  expect(wants.own()).toEqual([{ document: note, want: 'w' }])
})
