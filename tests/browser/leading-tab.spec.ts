import type { Page } from '@playwright/test'
import { expectTypedOnce, keysOf, LARGE, SMALL } from '../support/browser/keystrokes.ts'
import { newNote, noteText, openApp, openNote, turnOnSync, type } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'
import { workers } from '../support/browser/workers.ts'

/** Milliseconds from the end of the owner that there is now until another one has the data. */
const nextOwner = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise(resolve => {
        void navigator.locks.request('holdfast-owner', { mode: 'shared' }, async () => {
          const gone = performance.now()
          const look = async () => {
            const { held = [] } = await navigator.locks.query()
            if (held.some(({ name, mode }) => name === 'holdfast-owner' && mode === 'exclusive'))
              resolve(performance.now() - gone)
            else setTimeout(look, 1)
          }
          setTimeout(look)
        })
      }),
  )

const crash = async (page: Page): Promise<void> => {
  const session = await page.context().newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  session.send('Page.crash').catch(() => {}) // a crashed page answers nothing
  await crashed
}

const leads = (page: Page): Promise<boolean> => Promise.resolve(page.workers().length > 0)

story(
  'the leading tab crashes and then another closes while two more type; a tab takes over, with every keystroke once',
  async ({ app, device }) => {
    const laptop = await device()
    const tabs: Page[] = []
    for (let count = 0; count < 4; count++) tabs.push(await openApp(laptop, app))
    const [first, second, third, fourth] = tabs as [Page, Page, Page, Page]
    await newNote(first)
    await type(first, '1\n')
    await turnOnSync(first)
    for (const tab of [second, third, fourth]) await openNote(tab, '1')
    expect(await leads(first)).toBe(true)
    expect(await workers(laptop.browser)).toHaveLength(1)

    const [small, large] = [keysOf(SMALL, 120), keysOf(LARGE, 120)]
    const typing = Promise.all([type(third, small, 10), type(fourth, large, 10)])
    await expect.poll(() => noteText(second)).toContain('c')
    const afterCrash = nextOwner(second)
    await crash(first)
    await afterCrash

    await expect.poll(() => noteText(second)).toContain('p')
    const leader = (await leads(second)) ? second : null
    const afterClose = nextOwner(third)
    await second.close()
    if (leader) await afterClose
    await typing

    await expectTypedOnce([third, fourth], '1\n', small, large)
    expect(await workers(laptop.browser)).toHaveLength(1)
  },
)
