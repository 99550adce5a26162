import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { HOME_DOCUMENT } from '../../../protocol/ids.ts'
import { systemClock } from '../../../worker/platform/clock.ts'
import { documentDatabase } from '../../../worker/storage/document-databases.ts'
import { openDocumentStore } from '../../../worker/storage/document-store.ts'
import { FIRST_LIST, readFirstList } from '../../../worker/storage/first-list.ts'

const WORKSPACE = 'A'.repeat(43)
const NAME = documentDatabase(WORKSPACE, HOME_DOCUMENT)
const device = { currentWorkspace: async () => WORKSPACE }
const LIST = { rows: [], total: 0, all: 0 }

test('the list that was stored is read while the index is not loaded', async () => {
  const store = await openDocumentStore({ name: NAME, clock: systemClock, onProblem: () => undefined })
  store.setMark(FIRST_LIST, LIST)
  await store.save()
  expect(await readFirstList(device)).toEqual(LIST)
  await store.close()
})

test('a device without a workspace has none', async () => {
  expect(await readFirstList({ currentWorkspace: async () => undefined })).toBeNull()
})

test('looking for it makes no database, which would have no stores', async () => {
  const other = { currentWorkspace: async () => 'B'.repeat(43) }
  expect(await readFirstList(other)).toBeNull()
  const names = (await indexedDB.databases()).map(({ name }) => name)
  expect(names).not.toContain(documentDatabase('B'.repeat(43), HOME_DOCUMENT))
})
