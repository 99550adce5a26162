import type { Page } from '@playwright/test'
import { DEVICE_DATABASE } from '../../protocol/device-database.ts'
import { deleteDatabases } from '../support/browser/databases.ts'
import { besideTheApp } from '../support/browser/device.ts'
import { status, writeNote } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

/** Makes the app's own database one that this build cannot open, as a newer one would leave it. */
const spoil = (page: Page, name: string): Promise<void> =>
  page.evaluate(
    database =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open(database, 1_000_000)
        opening.onerror = () => reject(opening.error)
        opening.onsuccess = () => {
          opening.result.close()
          resolve()
        }
      }),
    name,
  )

story('a start that failed is tried again, by a new worker, until it does not', async ({ app, device }) => {
  const laptop = await device()
  const beside = await besideTheApp(laptop, app)
  await spoil(beside, DEVICE_DATABASE)
  const [first, second] = [await laptop.context.newPage(), await laptop.context.newPage()]
  for (const tab of [first, second]) {
    await tab.goto(app.url)
    await expect(status(tab)).toHaveText('Not running')
  }
  await deleteDatabases(beside, new RegExp(`^${DEVICE_DATABASE}$`))
  // “Try again” only does at once what is done after some seconds.
  for (const tab of [first, second]) await expect(status(tab)).toHaveText('Stored on this device')
  await writeNote(first, 'Here after all')
})
