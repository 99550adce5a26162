import { firstTitles, holdIndex } from '../support/browser/databases.ts'
import { besideTheApp } from '../support/browser/device.ts'
import {
  expectNote,
  expectStored,
  expectSynced,
  newNote,
  notes,
  openApp,
  openNote,
  pair,
  status,
  type,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

story(
  'a closed browser starts offline with the notes there, and what is written then syncs later',
  async ({ app, device, folder }) => {
    const laptop = await device({ profileDir: folder })
    const [, there] = await pair(app, laptop, await device(), 'Written at home')
    await laptop.close()

    await app.goOffline()
    const started = await device({ profileDir: folder })
    await started.goOffline()
    const here = await openApp(started, app)
    await openNote(here, 'Written at home')
    await expectNote(here, 'Written at home')
    await type(here, '\nWritten on the train')
    await expectStored(here)

    await app.goOnline()
    await started.goOnline()
    await expectNote(there, 'Written at home\nWritten on the train')
    await expectSynced(here)
  },
)

story(
  'a start takes the app from the cache without waiting for the service worker',
  async ({ app, device }) => {
    const page = await openApp(await device(), app)
    await page.reload()
    const sources = await page.evaluate(() =>
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter(entry => /\/$|\.(js|css)$/.test(entry.name))
        .map(entry => (entry as { workerFinalSourceType?: string }).workerFinalSourceType),
    )
    expect(sources.length).toBeGreaterThan(3)
    expect(new Set(sources)).toEqual(new Set(['cache']))
  },
)

story(
  'the list is there, and its rows can be opened, while the index is still read',
  async ({ app, device, folder }) => {
    const laptop = await device({ profileDir: folder })
    const before = await openApp(laptop, app)
    await newNote(before)
    await type(before, 'Bread and butter')
    await expectStored(before)
    await expect.poll(() => firstTitles(before)).toEqual(['Bread and butter'])
    await laptop.close()

    const started = await device({ profileDir: folder })
    const beside = await besideTheApp(started, app)
    const letGo = await holdIndex(beside)
    const page = await started.context.newPage()
    await page.goto(app.url)
    await expect(notes(page)).toHaveCount(1)
    await expect(notes(page)).toContainText('Bread and butter')
    await expect(status(page)).toContainText('Starting')
    await notes(page).getByRole('link').click()
    await letGo()
    await expectNote(page, 'Bread and butter')
    await type(page, ' and jam')
    await expectStored(page)
    await expect(notes(page)).toContainText('Bread and butter and jam')
  },
)
