import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { expect, onTestFinished, test } from 'vitest'
import { DEVICE_DATABASE_VERSION, DEVICE_STORES } from '../../../protocol/device-database.ts'
import { openDeviceStore } from '../../../worker/storage/device-store.ts'
import { sealedRelay } from '../../../worker/storage/stored-relay.ts'

/** What an earlier version of the app left on the disk, opened by this one. */
const openAfter = async (
  name: string,
  values: Partial<Record<(typeof DEVICE_STORES)[number], Record<string, unknown>>>,
) => {
  const before = await openDB(name, DEVICE_DATABASE_VERSION, {
    upgrade: database => {
      for (const store of DEVICE_STORES) database.createObjectStore(store)
    },
  })
  for (const [store, entries] of Object.entries(values))
    for (const [key, value] of Object.entries(entries)) await before.put(store, value, key)
  before.close()
  const store = await openDeviceStore(name)
  onTestFinished(store.close)
  return store
}

test('a workspace of an earlier version is named as one to be taken over, and as nothing else', async () => {
  const store = await openAfter('former', {
    workspaces: { w: { id: 'w', lists: ['list'], relay: null } },
  })
  expect(await store.formerWorkspaces()).toEqual(['w'])
  expect(await store.workspaces()).toEqual([])
  expect(await store.workspace('w')).toBeUndefined()
})

test('what is stored from now on keeps all relays', async () => {
  const store = await openAfter('several relays', {})
  const relays = [sealedRelay('https://a.example'), sealedRelay('https://b.example', 'code')]
  await store.setWorkspace({ id: 'w', statements: [], relays })
  expect((await store.workspace('w'))?.relays).toEqual(relays)
})

test('a clean mark that named no relay says nothing: the document is compared once more', async () => {
  const mark = { log: 'log', position: 3 }
  const store = await openAfter('one mark', {
    documents: {
      'w/old': { clean: mark },
      'w/unclean': { clean: null },
      'w/new': { clean: { 'https://a.example': mark } },
    },
  })
  expect([...(await store.documents('w'))]).toEqual([
    ['new', { clean: { 'https://a.example': mark } }],
    ['old', { clean: {} }],
    ['unclean', { clean: {} }],
  ])
})

test('what is removed of a workspace goes at once, and which documents are still to go is known', async () => {
  const store = await openAfter('removal', {
    workspaces: {
      gone: { id: 'gone', statements: [], relays: [] },
      kept: { id: 'kept', statements: [], relays: [] },
    },
    documents: { 'gone/a': { clean: null }, 'gone/b': { clean: null }, 'kept/a': { clean: null } },
    relays: { 'gone https://a.example': 1, 'memory gone https://a.example': 2, 'kept https://a.example': 3 },
    settings: { 'loss gone': 'x', 'loss kept': 'y' },
  })
  expect(await store.wasRelayed('gone')).toBe(true)
  await store.removeWorkspace('gone')
  expect((await store.workspaces()).map(({ id }) => id)).toEqual(['kept'])
  expect([...(await store.documents('gone'))]).toEqual([])
  expect([...(await store.documents('kept')).keys()]).toEqual(['a'])
  expect([await store.wasRelayed('gone'), await store.wasRelayed('kept')]).toEqual([false, true])
  expect([await store.note('loss gone'), await store.note('loss kept')]).toEqual([undefined, 'y'])
  expect([...(await store.removedDocuments())]).toEqual([['gone', ['a', 'b']]])
  await store.documentsGone('gone')
  expect([...(await store.removedDocuments())]).toEqual([])
})

test('a change leaves the rest of a workspace as it is, and brings none back', async () => {
  const store = await openAfter('change', {
    workspaces: { w: { id: 'w', statements: ['s'], relays: [], name: 'Before' } },
  })
  await store.changeWorkspace('w', { name: 'After', people: 2 })
  expect(await store.workspace('w')).toMatchObject({ statements: ['s'], name: 'After', people: 2 })
  await store.removeWorkspace('w')
  await store.changeWorkspace('w', { name: 'Again' })
  expect(await store.workspaces()).toEqual([])
})
