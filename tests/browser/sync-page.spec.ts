import type { Page } from '@playwright/test'
import { accessibilityProblems, expectClear } from '../support/browser/accessibility.ts'
import {
  expectNote,
  expectStored,
  expectSynced,
  insert,
  invite,
  join,
  newNote,
  openApp,
  openNote,
  pair,
  status,
  turnOnSync,
  type,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'
import { openSyncDetails } from '../support/browser/sync-page.ts'

const receipt = (page: Page) =>
  page.getByRole('button', { name: /^(Storing…|Stored on this device|On the relay|On \d+ other devices?)$/ })
const devices = (page: Page) => page.getByRole('region', { name: 'Devices' }).getByRole('listitem')

story(
  'a note tells how far it has come: stored, on the relay, on the other device',
  async ({ app, device }) => {
    const [first, second] = [await device(), await device()]
    const page = await openApp(first, app)
    await newNote(page)
    await type(page, 'Kelp')
    await expect(receipt(page)).toHaveText('Stored on this device')
    await turnOnSync(page)
    await expect(receipt(page)).toHaveText('On the relay')
    const there = await join(second, app, await invite(page))
    await expect(receipt(page)).toHaveText('On 1 other device')
    await openNote(there, 'Kelp')
    await expect(receipt(there)).toHaveText('On 1 other device')

    await second.closeTabs()
    await type(page, ' at six')
    await expect(receipt(page)).toHaveText('On the relay')
    const again = await openApp(second, app)
    await openNote(again, 'Kelp')
    await expectNote(again, 'Kelp at six')
    await expect(receipt(page)).toHaveText('On 1 other device')
  },
)

story('the sync page tells of relay, devices, what waits, and what happened', async ({ app, device }) => {
  const laptop = await device()
  const [here] = await pair(app, laptop, await device(), 'Tide pools')
  await openSyncDetails(here)
  await expect(here).toHaveURL(/#sync$/)
  await expect(devices(here)).toHaveCount(2)
  await expect(devices(here).first()).toContainText('This device')
  await expect(devices(here).nth(1)).toContainText('Up to date')
  await expect(here.getByRole('region', { name: 'Relay' })).toContainText('Connected, and it has everything')
  await expect(here.getByText('Nothing waits: the relay has all that is here.')).toBeVisible()

  const log = here.getByRole('list', { name: 'Log' }).getByRole('listitem')
  await expect(log.first()).toBeVisible()
  await here.getByRole('textbox', { name: 'Search the log' }).fill('connected connection')
  await expect(log).toHaveText([/Connected/])
  await here.goBack()
  await expect(here.getByRole('textbox', { name: 'Note text' })).toBeVisible()
})

story('offline, the sync page shows what waits, and back online that it went', async ({ app, device }) => {
  const laptop = await device()
  await laptop.context.addInitScript(() => {
    const page = window as unknown as { badge: number }
    navigator.setAppBadge = async count => {
      page.badge = count ?? -1
    }
    navigator.clearAppBadge = async () => {
      page.badge = 0
    }
  })
  const page = await openApp(laptop, app)
  const badge = () => page.evaluate(() => (window as unknown as { badge: number }).badge)
  await newNote(page)
  await turnOnSync(page)
  await expect.poll(badge).toBe(0)
  await app.goOffline()
  await laptop.goOffline()
  await insert(page, 'Written without a network')
  await expectStored(page)
  await expect(status(page)).toContainText('1 change waiting')
  await expect.poll(badge).toBe(1)
  await openSyncDetails(page)
  const waiting = page.getByRole('list', { name: 'Waiting' }).getByRole('listitem')
  await expect(waiting).toHaveCount(2)
  await expect(waiting.first()).toContainText('Held by the service worker')
  await expect(page.getByRole('region', { name: 'Relay' })).toContainText('Not connected')
  await app.goOnline()
  await laptop.goOnline()
  await expect(page.getByText('Nothing waits: the relay has all that is here.')).toBeVisible()
  await expectSynced(page)
  await expect.poll(badge).toBe(0)
})

story('the report holds no word of the notes and no key', async ({ app, device }) => {
  const laptop = await device()
  await laptop.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const [here] = await pair(app, laptop, await device(), 'Xylophone marmalade\nzeppelin')
  const note = here.url().split('#note=')[1]!
  await openSyncDetails(here)
  await here.getByRole('button', { name: 'Copy report' }).click()
  await expect(here.getByText('The report is copied.')).toBeVisible()
  const report = await here.evaluate(() => navigator.clipboard.readText())
  expect(report).toContain('Holdfast sync report')
  expect(report).toContain('Up to date')
  expect(report).not.toMatch(/xylophone|marmalade|zeppelin/i)
  expect(report).not.toContain(note)
  expect(report, 'no id, hash or key is there whole').not.toMatch(/[\w-]{22}/)
})

story('by keyboard and on a phone the sync page opens, reads and closes', async ({ app, device }) => {
  const phone = await device({ viewport: { width: 390, height: 844 } })
  const page = await openApp(phone, app)
  await turnOnSync(page)
  await page.getByRole('button', { name: 'Sync settings' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Sync details' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Sync details' })).toBeFocused()
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(wide, 'nothing is cut off at the side').toBeLessThanOrEqual(0)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'New note' })).toBeVisible()
  await expect(page).toHaveURL(/\/$/)
})

story(
  'the sync page is clear to a screen reader, a keyboard and weak eyes, by day and night',
  async ({ app, device }) => {
    const laptop = await device()
    const [here] = await pair(app, laptop, await device(), 'Tide pools')
    await openSyncDetails(here)
    await expect(devices(here)).toHaveCount(2)
    await expectClear(here, 'WHERE')
    await app.goOffline()
    await laptop.goOffline()
    await expect(here.getByRole('region', { name: 'Relay' })).toContainText('Not connected')
    expect(await accessibilityProblems(here), 'without a network').toEqual([])
  },
)
