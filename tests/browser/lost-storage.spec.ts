import type { Locator, Page } from '@playwright/test'
import type { App } from '../support/browser/app.ts'
import { deleteDatabases, outboxEntries } from '../support/browser/databases.ts'
import { besideTheApp, type Device, type DeviceOptions } from '../support/browser/device.ts'
import {
  expectNote,
  expectStored,
  expectSynced,
  insert,
  invite,
  join,
  newNote,
  notes,
  openApp,
  openNote,
  openSynced,
  pair,
  type,
  writeNote,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

const report = (page: Page): Locator =>
  page.getByRole('alert').filter({ hasText: 'This browser has removed' })

type Launch = (options: DeviceOptions) => Promise<Device>

/** Starts the browser again; what it does behind the app's back: databases with such names are gone. */
const restartWithout = async (before: Device, launch: Launch, app: App, names: RegExp) => {
  await before.close()
  const device = await launch({ profileDir: before.profileDir })
  const page = await besideTheApp(device, app)
  const gone = await deleteDatabases(page, names)
  await page.goto('about:blank')
  return { device, gone }
}

/** What a browser does that needs the space: databases, caches and the service worker go, the rest stays. */
const restartEvicted = async (before: Device, launch: Launch, app: App): Promise<Device> => {
  await before.close()
  const device = await launch({ profileDir: before.profileDir })
  const session = await device.context.newCDPSession(await device.newPage())
  await session.send('Storage.clearDataForOrigin', {
    origin: app.url,
    storageTypes: 'indexeddb,cache_storage,service_workers',
  })
  return device
}

const NOTE_DATABASES = /^holdfast \S+ (?!A{22})/
/** The service worker's, as Workbox names it. */
const OUTBOX = /^workbox-background-sync$/
const DEVICE = /^holdfast-device$/

story(
  'texts that the browser took away come back from the relay, and the person is told',
  async ({ app, device, folder }) => {
    const laptop = await device({ profileDir: folder })
    await pair(app, laptop, await device(), 'Only the text is gone')
    const { device: again, gone } = await restartWithout(laptop, device, app, NOTE_DATABASES)
    expect(gone).toHaveLength(1)

    const page = await openApp(again, app)
    await expect(report(page)).toContainText('What the relay has came back')
    await openNote(page, 'Only the text is gone')
    await expectNote(page, 'Only the text is gone')
    await report(page).getByRole('button', { name: 'I have read this' }).click()
    await expect(report(page)).toBeHidden()
    await page.reload()
    await expectNote(page, 'Only the text is gone')
    await expect(report(page)).toBeHidden()
  },
)

story('what was only here is named', async ({ app, device, folder }) => {
  const laptop = await device({ profileDir: folder })
  const page = await openSynced(laptop, app, 'Shopping')
  await app.goOffline()
  await insert(page, '\nbread, which no relay has heard of')
  await expectStored(page)
  await page.keyboard.press('Control+s') // the list of notes is written, too
  await expect(notes(page).first()).toContainText('bread')
  await expect.poll(() => outboxEntries(page)).toBeGreaterThan(0)
  const { device: again, gone } = await restartWithout(
    laptop,
    device,
    app,
    new RegExp(`${NOTE_DATABASES.source}|${OUTBOX.source}`),
  )
  expect(gone).toHaveLength(2)

  await app.goOnline()
  const after = await openApp(again, app)
  await expect(report(after)).toContainText('1 note did not come back as it was')
  await expect(report(after).getByRole('listitem')).toHaveText(['Shopping'])
  await openNote(after, 'Shopping')
  await expectNote(after, 'Shopping')
})

story(
  'where the keys are gone too, the person is told to join again, and does',
  async ({ app, device, folder }) => {
    const laptop = await device({ profileDir: folder })
    const [, there] = await pair(app, laptop, await device(), 'Safe at the relay')
    const again = await restartEvicted(laptop, device, app)

    const page = await openApp(again, app)
    await expect(report(page)).toContainText('There was 1 note here')
    await expect(report(page)).toContainText('Add a device')
    await expect(notes(page)).toHaveCount(0)
    const link = await invite(there)
    await page.close()
    const joined = await join(again, app, link)
    await openNote(joined, 'Safe at the relay')
    await expectNote(joined, 'Safe at the relay')
    await report(joined).getByRole('button', { name: 'I have read this' }).click()
    await expect(report(joined)).toBeHidden()
    await joined.reload()
    await expectSynced(joined)
    await expect(report(joined)).toBeHidden()
  },
)

story('where only the keys are gone, the notes stay', async ({ app, device, folder }) => {
  const laptop = await device({ profileDir: folder })
  const page = await openApp(laptop, app)
  await newNote(page)
  await type(page, 'Never')
  await page.keyboard.press('Control+s') // the list of notes is written with this much
  await type(page, ' synced')
  await expectStored(page)
  await expect(notes(page).first()).toContainText('Never synced')
  const { device: again, gone } = await restartWithout(laptop, device, app, DEVICE)
  expect(gone).toHaveLength(1)

  const after = await openApp(again, app)
  await expect(report(after)).toContainText('1 note was found in what was left, and kept')
  await openNote(after, 'Never synced')
  await expectNote(after, 'Never synced')
})

story('a text without a place in the list waits under Recovered', async ({ app, device, folder }) => {
  const laptop = await device({ profileDir: folder })
  const page = await openApp(laptop, app)
  await writeNote(page, '# Wandering\nwords')
  const { device: again, gone } = await restartWithout(laptop, device, app, /^holdfast \S+ A{22}$/)
  expect(gone).toHaveLength(1)

  const after = await openApp(again, app)
  await expect(report(after)).toContainText('the list of your notes')
  await expect(notes(after)).toHaveCount(0)
  await after.getByRole('button', { name: 'Recovered (1)' }).click({ timeout: 30_000 })
  const found = after.getByRole('list', { name: 'Recovered texts' })
  await expect(found).toContainText('Wandering')
  await found.getByRole('button', { name: 'Restore to notes' }).click()
  await expect(found).toBeHidden()
  await after.keyboard.press('Escape')
  await openNote(after, 'Wandering')
  await expectNote(after, '# Wandering\nwords')
})
