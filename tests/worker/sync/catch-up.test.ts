import 'fake-indexeddb/auto'
import { expect, onTestFinished, test } from 'vitest'
import { HOME_DOCUMENT } from '../../../protocol/ids.ts'
import { systemClock } from '../../../worker/platform/clock.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import { createCatchUp } from '../../../worker/sync/catch-up.ts'
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

test('home is compared first, then what a person worked on last', () => {
  const opened: string[] = []
  const ids = Array.from({ length: 20 }, () => randomId(systemRandom))
  const catchUp = createCatchUp({
    documents: {
      known: () => new Map([...ids, HOME_DOCUMENT].map(id => [id, { clean: null }])),
      unclean: () => [],
      isOpen: () => false,
      attachment: () => null,
      openInBackground: id => {
        opened.push(id)
        return new Promise(() => undefined)
      },
    },
    watch: () => undefined,
    bookmark: () => null,
    setBookmark: () => undefined,
    isDeleted: () => false,
    updated: id => (ids.indexOf(id) * 7) % 20,
    cursor: () => null,
    isAuditAsked: () => false,
    beginAudit: () => undefined,
    onAudited: () => undefined,
    onOtherHistory: () => undefined,
    onChange: () => undefined,
  })
  catchUp.opened({
    type: 'hello',
    protocol: 1,
    log: 'log',
    head: { position: 0, stamp: null },
    generation: 0,
  })
  const newestFirst = Array.from({ length: 20 }, (_, age) => ids[((19 - age) * 3) % 20]!)
  expect(opened).toEqual([HOME_DOCUMENT, ...newestFirst])
})
