import type { Page } from '@playwright/test'
import { firstTitles, holdIndex } from '../support/browser/databases.ts'
import { besideTheApp } from '../support/browser/device.ts'
import {
  expectNote,
  expectStored,
  expectSynced,
  invite,
  notes,
  openApp,
  openNote,
  openSynced,
  pair,
  status,
  type,
  writeNote,
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
    await expect(status(page)).not.toContainText('Starting')
    const files = await page.evaluate(() => {
      const drawn = performance.getEntriesByName('page drawn')[0]!.startTime
      return (
        [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
          .filter(({ name, startTime }) => /\/$|\.(js|css)$/.test(name) && startTime < drawn)
          // A tab that leads starts the worker when it is given the lead, be that before or after it is drawn.
          .filter(({ name }) => !name.endsWith('/worker.js'))
          .map(entry => ({
            name: entry.name.replace(/.*\//, '').replace(/-.*/, ''),
            from: (entry as { workerFinalSourceType?: string }).workerFinalSourceType,
          }))
      )
    })
    // Each file more would be looked for before anything is seen.
    expect(files.map(({ name }) => name).sort()).toEqual(['', 'app', 'index', 'main'])
    expect(new Set(files.map(({ from }) => from))).toEqual(new Set(['cache']))
  },
)

story(
  'the list is there, and its rows can be opened, while the index is still read',
  async ({ app, device, folder }) => {
    const laptop = await device({ profileDir: folder })
    const before = await openApp(laptop, app)
    await writeNote(before, 'Bread and butter')
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

/** The app on its first visit, where some of its code comes only when `arrives` is called. */
const withoutCode = async (page: Page, code: string, url: string): Promise<() => void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  // The service worker would bring the code past the route.
  await page.addInitScript(() => {
    navigator.serviceWorker.register = () => new Promise(() => undefined)
  })
  await page.route(`**/assets/${code}-*.js`, async route => {
    await promise
    await route.continue()
  })
  await page.goto(url)
  return resolve
}

story('an invitation opens before menus and other dialogs are there', async ({ app, device }) => {
  const link = await invite(await openSynced(await device(), app, 'Bread'))
  const page = await (await device()).newPage()
  const arrives = await withoutCode(page, 'not-at-first', link)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await expectSynced(page)
  await expect(notes(page)).toHaveText([/Bread/])
  arrives()
})

story('what is typed before the editor is there is in the note', async ({ app, device }) => {
  const page = await (await device()).newPage()
  const arrives = await withoutCode(page, 'start-editing', app.url)
  const field = page.getByRole('textbox', { name: 'Note text' })

  await page.getByRole('button', { name: 'New note' }).click()
  await expect(field).toBeFocused()
  await page.keyboard.type('Bread butter')
  for (const _ of 'butter') await page.keyboard.press('ArrowLeft')
  await page.keyboard.type('and ')
  await expect(status(page)).toContainText('Storing')
  arrives()
  await expectNote(page, 'Bread and butter')
  await page.keyboard.type('some ')
  await expectNote(page, 'Bread and some butter')
  await expectStored(page)
  // Both at once, or one after the other where some time was in between.
  for (const _ of ['some', 'Bread and butter']) await page.keyboard.press('Control+z')
  await expectNote(page, '')
  for (const _ of ['Bread and butter', 'some']) await page.keyboard.press('Control+y')
  await expectNote(page, 'Bread and some butter')
  await expectStored(page)
})

story('what is typed before the editor is there outlives the page', async ({ app, device }) => {
  const page = await (await device()).newPage()
  await withoutCode(page, 'start-editing', app.url)
  await page.getByRole('button', { name: 'New note' }).click()
  await page.keyboard.type('On the way')
  await page.getByRole('button', { name: 'New note' }).click()
  await page.keyboard.type('Home')
  await expect(notes(page)).toHaveCount(2)
  await page.unroute('**/assets/start-editing-*.js')
  await page.reload()
  await expectNote(page, 'Home')
  for (const words of ['Home', 'On the way'])
    await expect(notes(page).filter({ hasText: words })).toHaveCount(1)
  await expectStored(page)
})

story('an input method finishes its word before the editor takes over', async ({ app, device }) => {
  const here = await device()
  const page = await here.newPage()
  const arrives = await withoutCode(page, 'start-editing', app.url)
  await page.getByRole('button', { name: 'New note' }).click()
  const inputMethod = await here.context.newCDPSession(page)
  const compose = (text: string) =>
    inputMethod.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    })
  await compose('に')
  arrives()
  await expect(page.locator('hf-receipt'), 'the editor is there').toContainText('Storing')
  await compose('にほん')
  await inputMethod.send('Input.insertText', { text: '日本' })
  await expectNote(page, '日本')
  await type(page, ' and tea')
  await expectNote(page, '日本 and tea')
  await expectStored(page)
})
