import type { Page } from '@playwright/test'
import { keysOf, only } from '../support/browser/keystrokes.ts'
import { deployNewVersion } from '../support/browser/new-version.ts'
import {
  expectSynced,
  newNote,
  noteText,
  openApp,
  openNote,
  turnOnSync,
  type,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

const NEW_BUILD = 'the-next-version'
const SMALL = 'abcdefghijklmnopqrstuvwxyz'
const LARGE = SMALL.toUpperCase()

const reload = (page: Page) =>
  page.getByRole('region', { name: 'Update' }).getByRole('button', { name: 'Reload' })

/** The build of the page's own code, which the new build's file names and content differ in. */
const runsNewBuild = (page: Page): Promise<boolean> =>
  page.evaluate(async id => {
    const script = document.querySelector<HTMLScriptElement>('script[type="module"]')
    return script !== null && (await (await fetch(script.src)).text()).includes(id)
  }, NEW_BUILD)

/** Tabs of a browser without a window are always in view, so that the browser itself never says this here. */
const lookAgain = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))

/** Types key by key until the page is loaded anew, and returns what the page had shown until then. */
const typeUntilReloaded = async (page: Page, alphabet: string): Promise<string> => {
  let loaded = false
  page.once('load', () => {
    loaded = true
  })
  let shown = ''
  try {
    for (let index = 0; !loaded; index += 1) {
      await page.keyboard.press(alphabet[index % alphabet.length]!)
      const now = only(await noteText(page), /[A-Z]/)
      if (now.length > shown.length) shown = now
    }
  } catch (error) {
    // The page went away between a key and a look at it.
    if (!/context|navigat|detached/i.test(String(error))) throw error
  }
  return shown
}

story(
  'a new version takes over in every tab while somebody types, and no keystroke is lost',
  async ({ app, device, folder }) => {
    const laptop = await device()
    const first = await openApp(laptop, app)
    await newNote(first)
    await type(first, '1\n')
    await turnOnSync(first)

    const second = await openApp(laptop, app)
    await openNote(second, '1')

    const newApp = await deployNewVersion(app, folder, NEW_BUILD)
    await lookAgain(first)
    await expect(first.getByText('A new version is ready')).toBeVisible()
    await expect(second.getByText('A new version is ready')).toBeVisible()
    expect(await runsNewBuild(second), 'the new version waits to be asked for').toBe(false)

    const small = keysOf(SMALL, 40)
    await type(second, '')
    const typedThere = typeUntilReloaded(second, LARGE)
    await type(first, small)
    const reloaded = first.waitForEvent('load')
    await reload(first).click()
    await reloaded
    const large = await typedThere
    expect(large.length, 'the other tab was typed in').toBeGreaterThan(0)

    // The cursor is where it was: whoever goes on writing writes, and "n" is a letter.
    for (const [page, key] of [
      [first, 'n'],
      [second, '!'],
    ] as const) {
      await expect(page.getByRole('textbox', { name: 'Note text' })).toBeFocused()
      await page.keyboard.type(key)
    }
    for (const page of [first, second]) {
      await expect.poll(async () => only(await noteText(page), /[a-z]/)).toBe(`${small}n`)
      await expect.poll(async () => only(await noteText(page), /[A-Z!]/)).toMatch(new RegExp(`^${large}.*!$`))
      expect(await runsNewBuild(page)).toBe(true)
      await expect(page.getByText('A new version is ready')).toBeHidden()
      await expectSynced(page)
    }
    await newApp.stop()
  },
)
