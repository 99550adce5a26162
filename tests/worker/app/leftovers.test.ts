import { openDB } from 'idb'
import { expect, test } from 'vitest'
import { DEVICE_DATABASE } from '../../../protocol/device-database.ts'
import type { StorageValue } from '../../../protocol/views.ts'
import { lossReport } from '../../../src/install/loss-report.ts'
import {
  type DeviceDisk,
  newDisk,
  shownNames,
  shownTitles,
  startWorkerApp,
  type WorkerApp,
} from '../../support/worker-app.ts'
import { must } from '../notes/setup.ts'

const storageOf = async (app: WorkerApp): Promise<StorageValue> => {
  const tab = await app.openTab()
  const value = await tab.see({ view: 'storage' }, () => true)
  tab.close()
  return value
}

/** A device as an earlier version left it: with a list of the members in place of statements. */
const formerDevice = async (relay: string | null): Promise<{ disk: DeviceDisk; before: StorageValue }> => {
  const disk = newDisk()
  const app = await startWorkerApp(disk)
  for (const text of ['Shopping', 'Letter']) must(await app.ask({ type: 'create-note', text }))
  const id = (await app.store.currentWorkspace())!
  if (relay !== null) await app.store.setBookmark(id, relay, { log: 'l', position: 7, stamp: null })
  const before = await storageOf(app)
  await app.stop()
  const database = await openDB(DEVICE_DATABASE)
  await database.put('workspaces', { id, lists: ['a signed list'], relay }, id)
  database.close()
  return { disk, before }
}

test('the notes of an earlier version come over, and it is told as what it is until it was read', async () => {
  const { disk, before } = await formerDevice('https://relay.example')
  const first = await startWorkerApp(disk)
  expect((await shownTitles(first)).toSorted()).toEqual(['Letter', 'Shopping'])
  expect(await shownNames(first)).toEqual(['[Personal]'])
  expect(await first.store.formerWorkspaces()).toEqual([])
  await first.stop() // before anybody read anything

  const app = await startWorkerApp(disk)
  const value = await storageOf(app)
  expect(value).toMatchObject({ device: before.device, kept: 0, renewed: { notes: 2, synced: true } })
  const remembered = { device: before.device, notes: 2, relay: 'https://relay.example' }
  expect(lossReport(value, remembered, false)?.text).toBe(
    'Your 2 notes were taken over. Sync is off now: turn it on again and invite your other devices anew.',
  )
  must(await app.ask({ type: 'create-workspace', name: 'Other', colour: 'blue' }))
  expect((await storageOf(app)).renewed).not.toBeNull()
  must(await app.ask({ type: 'dismiss-loss' }))
  expect(await storageOf(app)).toMatchObject({ renewed: null, loss: null })
  await app.stop()

  const again = await startWorkerApp(disk)
  expect((await storageOf(again)).renewed).toBeNull()
  await again.stop()
})

test('nothing is said of sync where it was off', async () => {
  const { disk, before } = await formerDevice(null)
  const app = await startWorkerApp(disk)
  const told = lossReport(await storageOf(app), { device: before.device, notes: 2, relay: null }, false)
  expect(told?.text).toBe('Your 2 notes were taken over.')
  await app.stop()
})
