import type { Page } from '@playwright/test'
import type { App } from '../support/browser/app.ts'
import { expectNote, expectSynced, pair, type } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

/** Tabs of a browser without a window are always in view, so that the browser itself never says this here. */
const lookAgain = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))

/** How many WebSockets were asked for so far. */
const connections = (app: App): number =>
  app.proxy.requests().filter(line => /^GET \/w\/[^/]+$/.test(line)).length

story(
  'a connection that is dead without being closed is found when somebody looks',
  async ({ app, device }) => {
    const [here, there] = await pair(app, await device(), await device(), 'Before')
    app.proxy.swallow()
    expect(connections(app)).toBe(2)

    await type(here, ', in between')
    await Promise.all([lookAgain(here), lookAgain(there)])
    await expectNote(there, 'Before, in between')
    await type(there, ' and after')
    await expectNote(here, 'Before, in between and after')
    await expectSynced(here)
    await expectSynced(there)
    expect(connections(app), 'each was made anew, and once').toBe(4)
    await app.goOffline() // nobody has to wait for what hangs
  },
)
