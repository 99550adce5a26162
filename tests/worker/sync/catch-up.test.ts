import 'fake-indexeddb/auto'
import { expect, onTestFinished, test } from 'vitest'
import { type DocumentId, HOME_DOCUMENT } from '../../../protocol/ids.ts'
import { systemClock } from '../../../worker/platform/clock.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import type { StoredDocument } from '../../../worker/storage/device-store.ts'
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

/** What is opened to be compared, on a log called 'log', where nothing changed in it. */
const openedOf = (
  known: ReadonlyMap<DocumentId, StoredDocument>,
  updated: (id: DocumentId) => number = () => 0,
): DocumentId[] => {
  const opened: DocumentId[] = []
  const catchUp = createCatchUp({
    documents: {
      known: () => known,
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
    updated,
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
  return opened
}

test('home is compared first, then what a person worked on last', () => {
  const ids = Array.from({ length: 20 }, () => randomId(systemRandom))
  const known = new Map([...ids, HOME_DOCUMENT].map(id => [id, { clean: null }]))
  const opened = openedOf(known, id => (ids.indexOf(id) * 7) % 20)
  const newestFirst = Array.from({ length: 20 }, (_, age) => ids[((19 - age) * 3) % 20]!)
  expect(opened).toEqual([HOME_DOCUMENT, ...newestFirst])
})

test('SYNC-8: what is clean is left alone, unless something in its log could not be read', () => {
  const [well, doubtful] = [randomId(systemRandom), randomId(systemRandom)]
  const clean = { log: 'log', position: 0 }
  const known = new Map<DocumentId, StoredDocument>([
    [well, { clean }],
    [doubtful, { clean: { ...clean, doubtful: true } }],
  ])
  expect(openedOf(known)).toEqual([doubtful])
})
