import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { createDocuments } from '../../../worker/documents/local-documents.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import { openDeviceStore } from '../../../worker/storage/device-store.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const MINUTE_MS = 60_000

const setup = async (name: string) => {
  const clock = createManualClock()
  const documents = await createDocuments({
    workspace: 'workspace',
    device: await openDeviceStore(`${name} device`),
    clock,
    databaseName: id => `${name} ${id}`,
    onProblem: () => undefined,
  })
  return { clock, documents, note: randomId(systemRandom) }
}

test('a document that nobody uses leaves the memory after five minutes, with all that was written in it', async () => {
  const { clock, documents, note } = await setup('idle')
  const open = await documents.open(note)
  open.doc.getText('text').insert(0, 'kept')
  open.release()
  await clock.pass(5 * MINUTE_MS - 1)
  expect(documents.isOpen(note)).toBe(true)
  await clock.pass(1)
  await vi.waitFor(() => expect(documents.isOpen(note)).toBe(false))
  const again = await documents.open(note)
  expect(again.doc.getText('text').toJSON()).toBe('kept')
})

test('one that is used again in time stays, and five minutes begin anew', async () => {
  const { clock, documents, note } = await setup('used again')
  const open = await documents.open(note)
  open.release()
  await clock.pass(4 * MINUTE_MS)
  const again = await documents.open(note)
  expect(again.doc).toBe(open.doc)
  await clock.pass(10 * MINUTE_MS)
  expect(documents.isOpen(note)).toBe(true)
  again.release()
  await clock.pass(4 * MINUTE_MS)
  expect(documents.isOpen(note)).toBe(true)
})

test('one that was only compared goes at once', async () => {
  const { documents, note } = await setup('compared')
  const open = await documents.openInBackground(note)
  open.release()
  await vi.waitFor(() => expect(documents.isOpen(note)).toBe(false))
})

test('the alarm stays until every document could be stored', async () => {
  const problems: (string | null)[] = []
  const clock = createManualClock()
  const documents = await createDocuments({
    workspace: 'workspace',
    device: await openDeviceStore('alarm device'),
    clock,
    databaseName: id => `alarm ${id}`,
    onProblem: problem => problems.push(problem?.name ?? null),
  })
  const [one, other] = await Promise.all(
    [randomId(systemRandom), randomId(systemRandom)].map(id => documents.open(id)),
  )
  const refuse = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  one!.doc.getText('text').insert(0, 'one')
  await vi.waitFor(() => expect(problems.length).toBeGreaterThan(1))
  await clock.pass(400)
  other!.doc.getText('text').insert(0, 'other')
  await vi.waitFor(() => expect(problems.length).toBeGreaterThan(3))
  refuse.mockRestore()
  await clock.pass(100) // the first is tried again, the second is not yet
  await vi.waitFor(() => expect(one!.edits()).toBe(1))
  await one!.stored()
  expect(problems).not.toContain(null)
  await clock.pass(1_000)
  await other!.stored()
  expect(problems.at(-1)).toBeNull()
})

test('one that is deleted while it is compared is gone, and whoever compares it does not wait for its disk for ever', async () => {
  const { documents, note } = await setup('deleted')
  const compared = await documents.openInBackground(note)
  const gone = documents.remove(note)
  compared.doc.getText('text').insert(0, 'too late')
  await gone
  await compared.stored()
  compared.release()
  const again = await documents.openInBackground(note)
  expect(again.doc.getText('text').toJSON()).toBe('')
  again.release()
})

test('one that is loaded while it is deleted is loaded after that', async () => {
  const { documents, note } = await setup('loaded while deleted')
  const first = await documents.open(note)
  first.doc.getText('text').insert(0, 'gone')
  await first.stored()
  first.release()
  const gone = documents.remove(note)
  const again = await documents.open(note)
  await gone
  again.doc.getText('text').insert(0, 'stored')
  await again.stored()
  expect(again.doc.getText('text').toJSON()).toBe('stored')
})

test('one that is compared while it is made has its first text', async () => {
  const { documents } = await setup('compared while made')
  const made = new Y.Doc()
  made.getText('text').insert(0, 'first')
  const id = randomId(systemRandom)
  const making = documents.create(id, Y.encodeStateAsUpdate(made))
  const compared = await documents.openInBackground(id)
  await making
  expect(compared.doc.getText('text').toJSON()).toBe('first')
  made.getText('text').insert(5, ' and more')
  await documents.create(id, Y.encodeStateAsUpdate(made))
  expect(compared.doc.getText('text').toJSON()).toBe('first and more')
  compared.release()
})
