import 'fake-indexeddb/auto'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../../worker/platform/clock.ts'
import { randomId, systemRandom } from '../../../../worker/platform/random.ts'
import { sealedRelay } from '../../../../worker/storage/stored-relay.ts'
import { createWorkspace } from '../../../../worker/workspace/workspace.ts'
import { createDevice } from '../../../support/simulated-device.ts'
import { createSimulatedRelay } from '../../../support/simulated-relay.ts'

test('what the outbox delivered, and a restored backup of the relay lacks, is sent again', async () => {
  const relay = await createSimulatedRelay()
  let online = true
  const device = await createDevice({
    name: 'rolled back',
    network: { delay: () => 0, duplicate: () => false, online: () => online },
    workspace: async keys => ({
      ...(await createWorkspace(keys, systemRandom, systemClock)),
      relays: [sealedRelay(relay.url)],
    }),
  })
  const life = await device.start()
  onTestFinished(async () => {
    await life.stop()
    await relay.crash()
  })
  const id = randomId(systemRandom)
  const note = await life.open(id)
  const queued = async (): Promise<void> => {
    for (;;) {
      if ([...device.outbox.entries.values()].some(({ document }) => document === id)) return
      await new Promise<void>(resolve => {
        const stop = life.sync.onChange(() => {
          stop()
          resolve()
        })
      })
    }
  }
  note.doc.getText('text').insert(0, 'first')
  await life.synced()
  const restore = relay.disk.snapshot()
  const entries = () => [...relay.disk.logs.values()].flatMap(log => log.entries)
  const backedUp = entries().length

  online = false
  life.cut()
  note.doc.getText('text').insert(0, 'second')
  await queued()
  await device.outbox.deliver()
  expect(entries().length).toBe(backedUp + 1)
  await relay.crash()
  restore()
  await relay.start()
  online = true
  life.sync.wake()
  await life.synced()

  expect(entries().length).toBe(backedUp + 1)
})
