import 'fake-indexeddb/auto'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../worker/platform/clock.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import { createWorkspace } from '../../../worker/workspace/workspace.ts'
import { createDevice } from '../../support/simulated-device.ts'
import { createSimulatedRelay } from '../../support/simulated-relay.ts'

const setup = async (name: string) => {
  const relay = await createSimulatedRelay()
  onTestFinished(relay.crash)
  const device = await createDevice({
    name,
    workspace: async keys => {
      const made = await createWorkspace(keys, systemRandom, systemClock)
      return { ...made, relay: { origin: relay.url, operatorCode: null, syncedAt: null } }
    },
  })
  const life = await device.start()
  onTestFinished(life.stop)
  await life.synced()
  return { relay, device, life, note: randomId(systemRandom) }
}

test('a document that is let go before the relay confirmed it is sent on the same connection', async () => {
  const { life, note } = await setup('let go')
  // As an import does with a note whose file changed, among thousands.
  const open = await life.documents.openInBackground(note)
  open.doc.getText('text').insert(0, 'Changed and let go at once')
  open.release()
  await life.synced()
  expect(life.documents.known().get(note)?.clean).not.toBeNull()
})
