import { expect, type Page } from '@playwright/test'
import { type App, startApp } from '../../tests/support/browser/app.ts'
import { firstTitles } from '../../tests/support/browser/databases.ts'
import { launchDevice } from '../../tests/support/browser/device.ts'
import { importFrom, invite, openApp, status } from '../../tests/support/browser/notes-page.ts'
import { zipOf } from '../support/archive.ts'
import { endingAll, type Later } from '../support/ending.ts'
import type { PageApp } from './page-app.ts'

const LONG = { timeout: 600_000 }

const openIn = async (app: App, profileDir: string, later: Later, path = '/'): Promise<Page> => {
  const device = await launchDevice(app, { profileDir })
  later(() => device.close())
  device.context.setDefaultTimeout(LONG.timeout)
  return openApp(device, app, path)
}

const whenSynced = async (page: Page): Promise<void> => {
  // Nothing to wait for: most likely the app was not built from what the relay runs.
  await expect(status(page)).toContainText(/^\s*(Synced|The relay refused)/, LONG)
  await expect(status(page)).toContainText(/^\s*Synced/)
}

const whenStored = (page: Page): Promise<void> =>
  expect(status(page)).not.toContainText(/Storing|Starting/, LONG)

const turnOnSync = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Turn on sync' }).first().click()
  await page.locator('wa-dialog[open]').getByRole('button', { name: 'Turn on sync' }).click()
  await whenSynced(page)
}

/** The built app and its relay; without `sync` it stays on the device. */
export const startHoldfast = async (later: Later, { sync }: { sync: boolean }): Promise<PageApp> => {
  const app = await startApp()
  later(() => app.close())
  return {
    url: app.url,
    prepare: (notes, profile, ...others) =>
      endingAll(async end => {
        const page = await openIn(app, profile, end)
        if (notes.length > 0) await importFrom(page, 'Files to import', zipOf(notes))
        await whenStored(page)
        if (sync) await turnOnSync(page)
        for (const other of others) {
          const link = await invite(page)
          const there = await openIn(app, other, end, link.slice(app.url.length))
          await there.getByRole('button', { name: 'Join', exact: true }).click()
          await whenSynced(there)
        }
        if (notes.length > 0) await expect.poll(() => firstTitles(page), LONG).not.toEqual([])
      }),
    bytes: app.proxy.bytes,
    goOffline: app.goOffline,
    goOnline: app.goOnline,
  }
}
