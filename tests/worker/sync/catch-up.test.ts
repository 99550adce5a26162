import 'fake-indexeddb/auto'
import { expect, onTestFinished, test } from 'vitest'
import { type DocumentId, HOME_DOCUMENT } from '../../../protocol/ids.ts'
import type { Attachment } from '../../../worker/documents/attachments.ts'
import type { OpenDocument } from '../../../worker/documents/documents.ts'
import type { KnownDocument } from '../../../worker/documents/known-documents.ts'
import { systemClock } from '../../../worker/platform/clock.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import type { CleanMark } from '../../../worker/storage/stored-progress.ts'
import { sealedRelay } from '../../../worker/storage/stored-relay.ts'
import { createCatchUp } from '../../../worker/sync/catch-up.ts'
import { createWorkspace } from '../../../worker/workspace/workspace.ts'
import { settled } from '../../support/manual-clock.ts'
import { createDevice } from '../../support/simulated-device.ts'
import { createSimulatedRelay } from '../../support/simulated-relay.ts'

const setup = async (name: string) => {
  const relay = await createSimulatedRelay()
  onTestFinished(relay.crash)
  const device = await createDevice({
    name,
    workspace: async keys => {
      const made = await createWorkspace(keys, systemRandom, systemClock)
      return { ...made, relays: [sealedRelay(relay.url)] }
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

const HELLO = {
  type: 'hello',
  protocol: 1,
  log: 'log',
  head: { position: 0, stamp: null },
  generation: 0,
  access: 'all',
} as const

/** Documents of which nothing can be loaded, and what was asked of them. */
const setupCatchUp = (
  known: ReadonlyMap<DocumentId, KnownDocument>,
  others: Partial<Parameters<typeof createCatchUp>[0]> = {},
) => {
  const opened: DocumentId[] = []
  const world = { open: true }
  const catchUp = createCatchUp({
    documents: {
      known: () => known,
      unclean: () => [],
      isOpen: () => world.open && opened.length > 0,
      attachment: () => null,
      openInBackground: async id => {
        opened.push(id)
        return { stored: async () => undefined, release: () => undefined } as OpenDocument
      },
    },
    watch: () => undefined,
    bookmark: () => null,
    setBookmark: () => undefined,
    isDeleted: () => false,
    updated: () => 0,
    cursor: () => null,
    isAuditAsked: () => false,
    beginAudit: () => undefined,
    onAudited: () => undefined,
    onOtherHistory: () => undefined,
    onChange: () => undefined,
    ...others,
  })
  return { catchUp, opened, world }
}

test('home is compared first, then what a person worked on last', () => {
  const ids = Array.from({ length: 20 }, () => randomId(systemRandom))
  const known = new Map([...ids, HOME_DOCUMENT].map(id => [id, { clean: null }]))
  const { catchUp, opened } = setupCatchUp(known, { updated: id => (ids.indexOf(id) * 7) % 20 })
  catchUp.opened(HELLO)
  const newestFirst = Array.from({ length: 20 }, (_, age) => ids[((19 - age) * 3) % 20]!)
  expect(opened).toEqual([HOME_DOCUMENT, ...newestFirst])
})

const cleanAt = (position: number, more: Partial<CleanMark> = {}): KnownDocument => ({
  clean: { log: 'log', position, ...more },
})
const BOOKMARK = { log: 'log', position: 5, stamp: 'fifth' }

test('SYNC-8: what is clean is left alone, unless something in its log could not be read', () => {
  const [well, doubtful] = [randomId(systemRandom), randomId(systemRandom)]
  const known = new Map([
    [well, cleanAt(5)],
    [doubtful, cleanAt(5, { doubtful: true })],
  ])
  const { catchUp, opened } = setupCatchUp(known, { bookmark: () => BOOKMARK })
  catchUp.opened({ ...HELLO, head: { position: 9, stamp: 'ninth' } })
  expect(opened).toEqual([doubtful])
})

test('SYNC-4: what is clean beyond the place up to which the log is known is compared: it may have been put back', () => {
  const [known, beyond] = [randomId(systemRandom), randomId(systemRandom)]
  const documents = new Map([
    [known, cleanAt(5)],
    [beyond, cleanAt(6)],
  ])
  const { catchUp, opened } = setupCatchUp(documents, { bookmark: () => BOOKMARK })
  catchUp.opened({ ...HELLO, head: { position: 9, stamp: 'ninth' } })
  expect(opened).toEqual([beyond])
})

test('SYNC-4: where a log was put back all is compared, also what it does not name any more', () => {
  const ids = [randomId(systemRandom), randomId(systemRandom)]
  const known = new Map(ids.map((id, index) => [id, cleanAt(3 + index)]))
  const shorter = setupCatchUp(known, { bookmark: () => BOOKMARK })
  shorter.catchUp.opened({ ...HELLO, head: { position: 4, stamp: 'fourth' } })
  expect(shorter.opened).toEqual(ids)

  const grown = setupCatchUp(known, { bookmark: () => BOOKMARK })
  grown.catchUp.opened({ ...HELLO, head: { position: 9, stamp: 'ninth' } })
  expect(grown.opened).toEqual([])
  const from = { position: 5, stamp: 'another' }
  grown.catchUp.changed({ type: 'changed', documents: [], from, to: { position: 9, stamp: 'ninth' } })
  expect(grown.opened).toEqual(ids)
})

test('of notes that were deleted for good only what was never sent is compared', () => {
  const [unsent, sent, elsewhere] = [1, 2, 3].map(() => randomId(systemRandom)) as [string, string, string]
  const known = new Map<DocumentId, KnownDocument>([
    [unsent, { clean: null }],
    [sent, { clean: { log: 'an older log', position: 1 } }],
  ])
  const { catchUp, opened } = setupCatchUp(known, { isDeleted: () => true })
  catchUp.opened(HELLO)
  catchUp.unclean(elsewhere)
  expect(opened).toEqual([unsent])
})

test('a comparison ends where its document was deleted in the middle of it', async () => {
  const { catchUp, world } = setupCatchUp(new Map([[randomId(systemRandom), { clean: null }]]))
  catchUp.opened(HELLO)
  await settled()
  catchUp.check()
  await settled()
  expect(catchUp.remaining()).toBe(1)
  world.open = false
  catchUp.check()
  await settled()
  expect(catchUp.remaining()).toBe(0)
})

test('a comparison that waits for its document to be opened is not taken for one whose document is gone', async () => {
  const id = randomId(systemRandom)
  let released = 0
  const { promise, resolve } = Promise.withResolvers<OpenDocument>()
  const { catchUp, world } = setupCatchUp(new Map([[id, { clean: null }]]), {
    documents: {
      known: () => new Map([[id, { clean: null }]]),
      unclean: () => [],
      isOpen: () => world.open,
      attachment: () => null,
      openInBackground: () => promise,
    },
  })
  world.open = false
  catchUp.opened(HELLO)
  catchUp.check()
  world.open = true
  resolve({
    stored: async () => undefined,
    release: () => {
      released += 1
    },
  } as Partial<OpenDocument> as OpenDocument)
  await settled()
  expect([released, catchUp.remaining()]).toEqual([0, 1])
})

/** One document that can be loaded, and whether another device asked for what the log lacks of it. */
const setupAudit = () => {
  const id = randomId(systemRandom)
  const note = { clean: true, asked: false, loads: 0, audits: 0, answers: 0, releases: 0 }
  const known = new Map([[id, cleanAt(0)]])
  const { catchUp } = setupCatchUp(known, {
    documents: {
      known: () => known,
      unclean: () => [],
      isOpen: () => note.loads > note.releases,
      attachment: () => ({ settled: () => note.clean }) as Attachment,
      openInBackground: async () => {
        note.loads += 1
        return {
          stored: async () => undefined,
          release: () => {
            note.releases += 1
          },
        } as Partial<OpenDocument> as OpenDocument
      },
    },
    isAuditAsked: () => note.asked,
    beginAudit: () => {
      note.audits += 1
      note.clean = false
    },
    onAudited: () => {
      note.answers += 1
      note.asked = false
    },
  })
  catchUp.opened(HELLO)
  catchUp.changed({ type: 'changed', documents: [], from: HELLO.head, to: HELLO.head })
  return {
    catchUp,
    id,
    note,
    ask: () => {
      note.asked = true
      catchUp.audit(id)
    },
    becomesClean: async () => {
      note.clean = true
      catchUp.check()
      await settled()
    },
  }
}

test('SYNC-8: an audit that is asked for is waited for, also where the document had nothing to wait for until then', async () => {
  const { catchUp, note, ask, becomesClean } = setupAudit()
  ask()
  catchUp.check() // something else changed, while the document is still clean
  await settled()
  expect(note).toMatchObject({ audits: 1, answers: 0, releases: 0 })
  await becomesClean()
  expect(note).toMatchObject({ audits: 1, answers: 1, releases: 1 })
  expect(catchUp.remaining()).toBe(0)
})

test('SYNC-8: an audit that is asked for while the document is compared follows that comparison', async () => {
  const { catchUp, id, note, ask, becomesClean } = setupAudit()
  note.clean = false
  catchUp.unclean(id)
  await settled()
  ask()
  await settled()
  expect(note).toMatchObject({ loads: 1, audits: 0, answers: 0 })
  await becomesClean()
  expect(note).toMatchObject({ loads: 2, audits: 1, answers: 0 })
  await becomesClean()
  expect(note).toMatchObject({ answers: 1, releases: 2 })
  expect(catchUp.remaining()).toBe(0)
})

test('SYNC-8: an audit of a document that is changed all the while is answered as soon as all of it was sent', async () => {
  const { catchUp, note, ask, becomesClean } = setupAudit()
  ask()
  await settled()
  note.clean = true
  catchUp.check()
  note.clean = false // another keystroke, before the comparison goes on
  await settled()
  expect(note).toMatchObject({ answers: 0, releases: 0 })
  await becomesClean()
  expect(note).toMatchObject({ audits: 1, answers: 1, releases: 1 })
})
