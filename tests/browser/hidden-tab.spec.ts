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

/** What a tab in the background is like: it is told that nobody sees it, and has no animation frames. */
const hide = (page: Page): Promise<unknown> =>
  page.evaluate(() => {
    window.requestAnimationFrame = () => 0
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  })

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
