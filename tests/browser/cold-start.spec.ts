import {
  expectNote,
  expectStored,
  expectSynced,
  openApp,
  openNote,
  pair,
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
