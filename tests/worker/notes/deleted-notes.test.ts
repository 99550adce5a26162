import { expect, onTestFinished, test } from 'vitest'
import type { DocumentId } from '../../../protocol/ids.ts'
import type { KnownDocument } from '../../../worker/documents/known-documents.ts'
import { createDeletedNotes } from '../../../worker/notes/deleted-notes.ts'
import { settled } from '../../support/manual-clock.ts'
import { createDevice, must } from './setup.ts'

const SENT: KnownDocument = { clean: { log: 'log', position: 1 } }

/** A device with one note, and what sync would say of it. */
const setup = async (sync: { unsent: boolean; open: boolean }) => {
  const device = await createDevice()
  const { note } = must(await device.notes.create({ text: 'only here' }))
  const known = new Map<DocumentId, KnownDocument>([[note, SENT]])
  const removed: DocumentId[] = []
  const removing = new Set<DocumentId>()
  const sending: ((id: DocumentId) => void)[] = []
  const deleted = createDeletedNotes({
    home: device.home,
    clock: device.clock,
    isRemoving: id => removing.has(id),
    documents: {
      known: () => known,
      isOpen: () => sync.open,
      openInBackground: device.documents.openInBackground,
      attachment: () => ({ unsent: () => sync.unsent }) as never,
      onSending: listener => {
        sending.push(listener)
        return () => undefined
      },
      remove: async id => {
        removed.push(id)
        known.delete(id)
      },
    },
  })
  onTestFinished(deleted.close)
  /** What another device's deletion makes of the index. */
  const deleteElsewhere = async (): Promise<void> => {
    device.home.write([{ note, fields: { created: null, summary: null, deleted: 5 } }])
    await settled()
    await settled()
  }
  /** The relay lacks something of it, and is sent that. */
  const send = (): void => {
    for (const tell of sending) tell(note)
  }
  return { ...device, note, deleted, removed, removing, deleteElsewhere, send }
}

test('what was deleted for good elsewhere goes from here too, once it is closed', async () => {
  const sync = { unsent: false, open: true }
  const { deleted, deleteElsewhere, removed, note } = await setup(sync)
  await deleteElsewhere()
  expect(removed).toEqual([])
  sync.open = false
  deleted.check()
  await settled()
  expect(removed).toEqual([note])
})

test('words that were never sent come back in the trash: whoever deleted the note could not know of them', async () => {
  const { deleteElsewhere, removed, titles, until, home } = await setup({ unsent: true, open: true })
  await deleteElsewhere()
  await until(() => home.rows('trash').length > 0)
  expect([removed, titles(), titles('trash')]).toEqual([[], [], ['only here']])
})

test('what a relay turns out to lack after the deletion was heard of comes back as well, however soon it is confirmed', async () => {
  const sync = { unsent: false, open: true }
  const { deleted, deleteElsewhere, removed, titles, until, home, send } = await setup(sync)
  send()
  await deleteElsewhere()
  expect(titles('trash')).toEqual([])
  send()
  sync.open = false
  deleted.check()
  await until(() => home.rows('trash').length > 0)
  expect([removed, titles(), titles('trash')]).toEqual([[], [], ['only here']])
})

test('what a person deletes on this device stays deleted, sent or not', async () => {
  const { deleteElsewhere, removing, titles, note, send } = await setup({ unsent: true, open: false })
  removing.add(note)
  await deleteElsewhere()
  send()
  await settled()
  expect([titles(), titles('trash')]).toEqual([[], []])
})
