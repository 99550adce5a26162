import type { Page } from '@playwright/test'
import { besideTheApp } from '../support/browser/device.ts'
import { keysOf, LARGE, only, SMALL } from '../support/browser/keystrokes.ts'
import {
  browserLooksForVersions,
  deployNewVersion,
  reloadButton,
  runsBuild,
} from '../support/browser/new-version.ts'
import { expectSynced, lookAgain, noteText, twoTabs, type } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

const NEW_BUILD = 'the-next-version'

/**
 * Follows from an open page that is no part of the app who owns the data, until the answer is asked for: the owners in
 * their order. It looks every few milliseconds, and a new owner takes longer than that to start.
 */
const followOwners = async (page: Page): Promise<() => Promise<readonly string[]>> => {
  await page.evaluate(() => {
    const owners: string[] = []
    Object.assign(window, { owners })
    const look = async () => {
      const { held = [] } = await navigator.locks.query()
      const now = held.filter(({ name, mode }) => name === 'holdfast-owner' && mode === 'exclusive')
      for (const { clientId = '' } of now) if (owners.at(-1) !== clientId) owners.push(clientId)
      setTimeout(look, 2)
    }
    void look()
  })
  return () => page.evaluate(() => (window as unknown as { owners: string[] }).owners)
}

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
    const [first, second] = await twoTabs(laptop, app, '1\n')

    const observer = await besideTheApp(laptop, app)
    await browserLooksForVersions(observer)
    const owners = await followOwners(observer)
    await first.bringToFront()

    const newApp = await deployNewVersion(app, folder, NEW_BUILD)
    await lookAgain(first)
    await expect(first.getByText('A new version is ready')).toBeVisible()
    await expect(second.getByText('A new version is ready')).toBeVisible()
    expect(await runsBuild(second, NEW_BUILD), 'the new version waits to be asked for').toBe(false)

    const small = keysOf(SMALL, 40)
    await type(second, '')
    const typedThere = typeUntilReloaded(second, LARGE)
    await type(first, small)
    const reloaded = first.waitForEvent('load')
    await reloadButton(first).click()
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
      expect(await runsBuild(page, NEW_BUILD)).toBe(true)
      await expect(page.getByText('A new version is ready')).toBeHidden()
      await expectSynced(page)
    }
    const owned = await owners()
    expect(owned.length, 'another worker took over').toBeGreaterThan(1)
    expect(new Set(owned).size, 'whoever let go of the data never had it again').toBe(owned.length)
    expect(app.proxy.mostWebSockets(), 'never were two at work').toBe(1)
    await newApp.stop()
  },
)
