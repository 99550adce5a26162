import { unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import { VAULT_DOCUMENT } from '../../../protocol/ids.ts'
import type { VaultTexts } from '../../../protocol/vault.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import {
  type DeviceDisk,
  newDisk,
  shownTitles,
  startWorkerApp,
  type WorkerApp,
} from '../../support/worker-app.ts'
import { must } from '../notes/setup.ts'

const SECRET = 'kelp-Holds-fast-2207'

const save = async (app: WorkerApp, fields: VaultTexts): Promise<string> =>
  must(await app.ask({ type: 'vault-save', fields }, undefined, randomId(systemRandom))).entry

const vaultRows = async (app: WorkerApp) => {
  const tab = await app.openTab()
  const { rows } = await tab.see({ view: 'vault' }, () => true)
  tab.close()
  return rows
}

const asPromise = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const holds = (value: unknown, text: string): boolean => {
  if (typeof value === 'string') return value.includes(text)
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).includes(text)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(part => holds(part, text))
}

/** The databases of a device in which a text stands in plain. */
const databasesWith = async (disk: DeviceDisk, text: string): Promise<string[]> => {
  const found: string[] = []
  for (const { name = '' } of await disk.databases()) {
    const database = await asPromise(disk.open(name))
    for (const store of database.objectStoreNames)
      if (holds(await asPromise(database.transaction(store).objectStore(store).getAll()), text))
        found.push(name)
    database.close()
  }
  return found
}

test('a secret lies sealed on the disk, is there after a restart, and is no note to anybody', async () => {
  const disk = newDisk()
  const app = await startWorkerApp(disk)
  must(await app.ask({ type: 'create-note', text: 'An ordinary note' }))
  const entry = await save(app, { title: 'Harbour bank', value: SECRET })
  await app.stop()

  const next = await startWorkerApp(disk)
  expect(must(await next.ask({ type: 'vault-reveal', entry, field: 'value' }))).toEqual({
    text: SECRET,
    others: [],
  })
  expect(await vaultRows(next)).toMatchObject([{ title: 'Harbour bank', problem: null }])
  expect(JSON.stringify(await vaultRows(next))).not.toContain(SECRET)

  expect(await shownTitles(next)).toEqual(['An ordinary note'])
  const tab = await next.openTab()
  const found = { view: 'notes', place: 'notes', filter: 'Harbour', limit: 10 } as const
  expect(await tab.see(found, () => true)).toMatchObject({ rows: [], total: 0 })
  expect(await tab.see({ view: 'recovered' }, () => true)).toEqual([])
  await expect(tab.see({ view: 'note', note: VAULT_DOCUMENT }, () => true)).rejects.toThrow('unknown-note')
  tab.close()
  const { archive } = must(await next.ask({ type: 'export-notes' }))
  expect(Object.keys(unzipSync(new Uint8Array(await archive!.arrayBuffer())))).toHaveLength(1)
  await next.stop()

  expect(await databasesWith(disk, 'An ordinary note'), 'the search finds notes').not.toEqual([])
  for (const text of [SECRET, 'Harbour bank']) expect(await databasesWith(disk, text)).toEqual([])
})

test('leaving a workspace with a copy takes the vault along, sealed for where it goes', async () => {
  const app = await startWorkerApp(newDisk())
  const { workspace: boat } = must(await app.ask({ type: 'create-workspace', name: 'Boat', colour: 'blue' }))
  const entry = await save(app, { title: 'Of the boat', value: SECRET })
  must(await app.ask({ type: 'leave-workspace', target: boat, keepCopy: true }))
  expect(must(await app.ask({ type: 'vault-reveal', entry, field: 'value' })).text).toBe(SECRET)
  await app.stop()
})

test('a vault is of one workspace, and what was meant for another one is not written into this', async () => {
  const app = await startWorkerApp(newDisk())
  const home = (await app.store.currentWorkspace())!
  const entry = await save(app, { title: 'At home', value: SECRET })
  must(await app.ask({ type: 'create-workspace', name: 'Boat', colour: 'blue' }))
  expect(await vaultRows(app)).toEqual([])
  expect(await app.ask({ type: 'vault-save', fields: { title: 'x' } }, home)).toMatchObject({
    error: { code: 'other-workspace' },
  })
  expect(await app.ask({ type: 'vault-reveal', entry, field: 'value' })).toMatchObject({
    error: { code: 'no-entry' },
  })
  await app.stop()
})

const forget = (disk: DeviceDisk, names: (name: string) => boolean) =>
  disk.databases().then(async all => {
    for (const { name = '' } of all) if (names(name)) await asPromise(disk.deleteDatabase(name))
  })

test('a vault that the browser took away is told of', async () => {
  const disk = newDisk()
  const app = await startWorkerApp(disk)
  await save(app, { title: 'Harbour bank', value: SECRET })
  await app.stop()
  await forget(disk, name => name.endsWith(VAULT_DOCUMENT))
  const next = await startWorkerApp(disk)
  const tab = await next.openTab()
  const told = await tab.see({ view: 'storage' }, ({ loss }) => loss?.fetching === false)
  expect(told.loss?.lost).toEqual(['The vault with passwords and keys'])
  tab.close()
  await next.stop()
})

test('where the keys are gone, what is left of the vault is shown as not readable', async () => {
  const disk = newDisk()
  const app = await startWorkerApp(disk)
  await save(app, { title: 'Harbour bank', value: SECRET })
  await app.stop()
  await forget(disk, name => name === 'holdfast-device')
  const next = await startWorkerApp(disk)
  expect(await vaultRows(next)).toMatchObject([{ title: '', problem: 'other-device' }])
  await next.stop()
})
