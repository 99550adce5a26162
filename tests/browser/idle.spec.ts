import type { Page } from '@playwright/test'
import { expectSynced, openApp, turnOnSync, writeNote } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

declare global {
  interface Window {
    messagesSent?: number
  }
}

/** Counts from now on what a page says to its worker. Each message it gets is answered by one. */
const countMessages = (page: Page): Promise<void> =>
  page.evaluate(() => {
    window.messagesSent = 0
    MessagePort.prototype.postMessage = new Proxy(MessagePort.prototype.postMessage, {
      apply: (postMessage, port, message) => {
        window.messagesSent! += 1
        return Reflect.apply(postMessage, port, message)
      },
    })
  })

const framesPass = (page: Page, count: number): Promise<void> =>
  page.evaluate(async left => {
    for (; left > 0; left--) await new Promise(resolve => requestAnimationFrame(resolve))
  }, count)

story('a tab and its worker say nothing while nothing happens', async ({ app, device }) => {
  const page = await openApp(await device(), app)
  await writeNote(page, 'Written')
  await turnOnSync(page)
  await expectSynced(page)

  await countMessages(page)
  // What was just synced is told yet, for a moment.
  await expect
    .poll(async () => {
      await page.evaluate(() => {
        window.messagesSent = 0
      })
      await framesPass(page, 60)
      return page.evaluate(() => window.messagesSent)
    })
    .toBeLessThan(3)
})
