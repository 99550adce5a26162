import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { strFromU8, unzipSync } from 'fflate'
import { expectNote, expectStored, status, type, writeNote } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

/** More than the app itself needs, and little enough to be filled at once. */
const SMALL_DISK = 20_000_000

/** Fills what is left of the browser's space, to the last hundred bytes. */
const fillDisk = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const opening = indexedDB.open('ballast', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('rows', { autoIncrement: true })
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    const fits = (bytes: number): Promise<boolean> =>
      new Promise(resolve => {
        const transaction = database.transaction('rows', 'readwrite')
        transaction.objectStore('rows').add(crypto.getRandomValues(new Uint8Array(bytes)))
        transaction.oncomplete = () => resolve(true)
        transaction.onabort = () => resolve(false)
      })
    for (const bytes of [65_536, 10_000, 1_000, 100]) while (await fits(bytes));
    database.close()
  })

story(
  'what a full disk refuses stays in memory, can be saved as a copy, and is stored when there is space again',
  async ({ app, device, folder }) => {
    const laptop = await device()
    // On a page of its own: the limit ends with the page that set it.
    const limits = await laptop.context.newCDPSession(await laptop.context.newPage())
    await limits.send('Storage.overrideQuotaForOrigin', { origin: app.url, quotaSize: SMALL_DISK })
    const page = await laptop.context.newPage()
    await page.goto(app.url)
    await writeNote(page, 'Before')
    await fillDisk(page)

    const alarm = page.getByRole('alert').filter({ hasText: 'could not store everything' })
    await type(page, ' and only in memory')
    await expect(alarm).toBeVisible()
    await expect(status(page)).toContainText('Not everything could be stored')

    const download = page.waitForEvent('download')
    await alarm.getByRole('button', { name: 'Save a copy' }).click()
    const copy = join(folder, 'copy.zip')
    await (await download).saveAs(copy)
    const files = Object.values(unzipSync(new Uint8Array(await readFile(copy)))).map(bytes =>
      strFromU8(bytes),
    )
    expect(files).toEqual(['Before and only in memory'])
    await expect(alarm).toBeVisible()

    await limits.send('Storage.overrideQuotaForOrigin', { origin: app.url })
    await expect(alarm).toBeHidden({ timeout: 30_000 })
    await expectStored(page)
    await page.reload()
    await expectNote(page, 'Before and only in memory')
  },
)
