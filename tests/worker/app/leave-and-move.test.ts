import { expect, test } from 'vitest'
import { systemClock } from '../../../worker/platform/clock.ts'
import { documentDatabases } from '../../../worker/storage/document-databases.ts'
import {
  type DeviceDisk,
  newDisk,
  shownNames,
  shownTitles,
  startWorkerApp,
  type WorkerApp,
} from '../../support/worker-app.ts'
import { must } from '../notes/setup.ts'

/** A device with a personal workspace and another one, which is shown, each with a note. */
const twoWorkspaces = async (disk: DeviceDisk = newDisk(), clock = systemClock) => {
  const app = await startWorkerApp(disk, { clock })
  const home = (await app.store.currentWorkspace())!
  must(await app.ask({ type: 'create-note', text: 'At home' }))
  const { workspace: boat } = must(
    await app.ask({ type: 'create-workspace', name: 'Boat/yard', colour: 'blue' }),
  )
  const { note } = must(await app.ask({ type: 'create-note', text: 'Mast', folder: 'Rig' }))
  return { app, disk, home, boat, note }
}

const workspacesOnDisk = async (disk: DeviceDisk): Promise<string[]> => [
  ...((await documentDatabases(disk)) ?? new Map()).keys(),
]

const textsOf = async (app: WorkerApp): Promise<(readonly [string, string])[]> => {
  const tab = await app.openTab()
  const { rows } = await tab.see({ view: 'notes', place: 'notes', filter: '', limit: 100 }, () => true)
  const notes = await Promise.all(rows.map(({ id }) => tab.see({ view: 'note', note: id }, () => true)))
  tab.close()
  return notes.map(({ text, folder }) => [folder, text] as const)
}

test('a workspace that was never at a relay is deleted, and nothing of it is left on this device', async () => {
  const { app, disk, home, boat } = await twoWorkspaces()
  must(await app.ask({ type: 'delete-workspace', target: boat }))
  expect(await shownNames(app)).toEqual(['[Personal]'])
  expect(await shownTitles(app)).toEqual(['At home'])
  expect(await workspacesOnDisk(disk)).toEqual([home])
  expect([...(await app.store.documents(boat))]).toEqual([])
  expect(await app.ask({ type: 'delete-workspace', target: boat })).toMatchObject({
    error: { code: 'no-workspace' },
  })
  expect(app.asked).toEqual([])
  await app.stop()
})

test('one that may be on other devices is not deleted from here, and leaving it does not touch them', async () => {
  const { app, disk, home, boat } = await twoWorkspaces()
  await app.store.setBookmark(boat, 'https://relay.example', { log: 'l', position: 0, stamp: null })
  expect(await app.ask({ type: 'delete-workspace', target: boat })).toMatchObject({
    error: { code: 'was-synced' },
  })
  expect(await shownNames(app)).toEqual(['[Boat/yard]', 'Personal'])
  expect(must(await app.ask({ type: 'leave-workspace', target: boat, keepCopy: false }))).toEqual({
    notesKept: 0,
    told: 'now',
  })
  expect(await workspacesOnDisk(disk)).toEqual([home])
  expect(await app.store.wasRelayed(boat)).toBe(false)
  expect(app.asked).toEqual([`/outbox/?workspace=${boat}`])
  await app.stop()
})

test('whoever leaves with a copy has the notes in a folder of that name', async () => {
  const { app, disk, boat } = await twoWorkspaces()
  expect(must(await app.ask({ type: 'leave-workspace', target: boat, keepCopy: true }))).toEqual({
    notesKept: 1,
    told: 'now',
  })
  expect(await textsOf(app)).toEqual([
    ['Boat yard/Rig', 'Mast'],
    ['', 'At home'],
  ])
  await app.stop()
  const again = await startWorkerApp(disk)
  expect(await shownTitles(again)).toEqual(['Mast', 'At home'])
  await again.stop()
})

test('whoever leaves the only workspace gets a new personal one, with the copies', async () => {
  const app = await startWorkerApp(newDisk())
  const home = (await app.store.currentWorkspace())!
  must(await app.ask({ type: 'create-note', text: 'Mine' }))
  must(await app.ask({ type: 'leave-workspace', target: home, keepCopy: true }))
  expect(await shownNames(app)).toEqual(['[Personal]'])
  expect(await textsOf(app)).toEqual([['Personal', 'Mine']])
  expect((await app.store.workspaces()).map(({ id }) => id)).not.toContain(home)
  await app.stop()
})

test('what a worker did not get to delete goes with the next one', async () => {
  const { app, disk, home, boat } = await twoWorkspaces()
  must(await app.ask({ type: 'switch-workspace', target: home }))
  await app.store.removeWorkspace(boat) // and there the worker ended
  await app.stop()
  expect((await workspacesOnDisk(disk)).toSorted()).toEqual([home, boat].toSorted())
  const again = await startWorkerApp(disk)
  await expect.poll(() => workspacesOnDisk(disk)).toEqual([home])
  expect([...(await again.store.removedDocuments())]).toEqual([])
  await again.stop()
})

test('a note moves to a workspace that is not open, and back', async () => {
  const { app, home, boat, note } = await twoWorkspaces()
  const moved = must(await app.ask({ type: 'transfer-notes', notes: [note], target: home, keep: false }))
  expect(await shownTitles(app)).toEqual([])
  // Undone after the other one was shown: the command names where the note is.
  must(await app.ask({ type: 'transfer-notes', notes: moved.notes, target: boat, keep: false }, home))
  expect(await textsOf(app)).toEqual([['Rig', 'Mast']])
  must(await app.ask({ type: 'switch-workspace', target: home }))
  expect(await shownTitles(app)).toEqual(['At home'])
  await app.stop()
})

test('a copy is made once, however often the command comes, in this life of the worker or the next', async () => {
  const { app, disk, home, note } = await twoWorkspaces()
  const intent = { type: 'transfer-notes', notes: [note], target: home, keep: true } as const
  const first = must(await app.ask(intent, undefined, 'same'))
  expect(must(await app.ask(intent, undefined, 'same'))).toEqual(first)
  await app.stop()
  const again = await startWorkerApp(disk)
  expect(must(await again.ask(intent, undefined, 'same'))).toEqual(first)
  must(await again.ask({ type: 'switch-workspace', target: home }))
  expect((await shownTitles(again)).toSorted()).toEqual(['At home', 'Mast'])
  await again.stop()
})

test('a note that a tab has open when its workspace goes is let go of, and leaving does not hang', async () => {
  const fast = {
    ...systemClock,
    after: (delay: number, act: () => void) => systemClock.after(delay / 50, act),
  }
  const { app, disk, home, boat, note } = await twoWorkspaces(newDisk(), fast)
  const tab = await app.openTab()
  await tab.see({ view: 'note', note }, ({ text }) => text === 'Mast')
  const following = tab.see({ view: 'note', note, workspace: boat }, ({ text }) => text === 'never')
  following.catch(() => undefined)
  must(await app.ask({ type: 'leave-workspace', target: boat, keepCopy: false }))
  expect(await workspacesOnDisk(disk)).toEqual([home])
  await expect(tab.see({ view: 'note', note, workspace: boat }, () => true)).rejects.toThrow('no-workspace')
  await app.stop()
})

test('nothing moves into the workspace it is in, or into one that is not here', async () => {
  const { app, boat, note } = await twoWorkspaces()
  const into = (target: string) => app.ask({ type: 'transfer-notes', notes: [note], target, keep: false })
  expect(await into(boat)).toMatchObject({ error: { code: 'same-workspace' } })
  expect(await into('sTqR5bZ1h7ZrX0bXf3n8mT3iYq0cYwzvJm4nT2a1kQA')).toMatchObject({
    error: { code: 'no-workspace' },
  })
  expect(await shownTitles(app)).toEqual(['Mast'])
  await app.stop()
})
