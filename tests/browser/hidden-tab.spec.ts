import type { Page } from '@playwright/test'
import { besideTheApp } from '../support/browser/device.ts'
import {
  browserLooksForVersions,
  deployNewVersion,
  reloadButton,
  runsBuild,
} from '../support/browser/new-version.ts'
import { expectSynced, lookAgain, noteText, twoTabs, type } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

const NEW_BUILD = 'the-next-version'

const becomes = (page: Page, state: DocumentVisibilityState): Promise<unknown> =>
  page.evaluate(now => {
    Object.defineProperty(document, 'visibilityState', { get: () => now, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)

/** What a tab in the background is like: it is told that nobody sees it, and has no animation frames. */
const hide = async (page: Page): Promise<void> => {
  await page.evaluate(() => {
    window.requestAnimationFrame = () => 0
  })
  await becomes(page, 'hidden')
}

story(
  'a hidden tab of the old version keeps nobody from the data, and follows with what was typed in it',
  async ({ app, device, folder }) => {
    const laptop = await device()
    const [hidden, seen] = await twoTabs(laptop, app, 'Before')
    const beside = await besideTheApp(laptop, app)
    await browserLooksForVersions(beside)
    await beside.close()
    await seen.bringToFront()

    const newApp = await deployNewVersion(app, folder, NEW_BUILD)
    await lookAgain(seen)
    await expect(hidden.getByText('A new version is ready')).toBeVisible()
    await type(hidden, ' it was hidden')
    await hide(hidden)
    const follows = hidden.waitForEvent('load')
    const reloaded = seen.waitForEvent('load')
    await reloadButton(seen).click()
    await reloaded
    await type(seen, ' and after')
    await follows
    for (const page of [seen, hidden]) {
      expect(await runsBuild(page, NEW_BUILD)).toBe(true)
      await expect.poll(() => noteText(page)).toBe('Before it was hidden and after')
      await expectSynced(page)
    }
    expect(app.proxy.mostWebSockets(), 'never were two at work').toBe(1)
    await newApp.stop()
  },
)

story(
  'a tab that nobody sees has what was typed in another one once it is looked at',
  async ({ app, device }) => {
    const laptop = await device()
    const [unseen, seen] = await twoTabs(laptop, app, 'Before')
    await hide(unseen)
    await type(seen, ' and after')
    await expect.poll(() => noteText(seen)).toBe('Before and after')
    await becomes(unseen, 'visible')
    await expect.poll(() => noteText(unseen)).toBe('Before and after')
    await type(unseen, ', both')
    for (const page of [seen, unseen]) await expect.poll(() => noteText(page)).toBe('Before and after, both')
  },
)
