import type { Page } from '@playwright/test'
import { expectClear } from '../support/browser/accessibility.ts'
import { databasesWith, outboxEntries, shortenIdleTime, wrappedKeys } from '../support/browser/databases.ts'
import {
  expectNote,
  expectStored,
  expectSynced,
  insert,
  newNote,
  notes,
  openApp,
  openNote,
  pair,
  twoTabs,
  type,
  writeNote,
} from '../support/browser/notes-page.ts'
import { profileFilesWith } from '../support/browser/profile.ts'
import { expect, story } from '../support/browser/story.ts'

const PASSPHRASE = 'kelp anchor drizzle'

const openLock = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Device lock', exact: true }).click()
  await expect(page.getByRole('dialog', { name: 'Device lock' })).toBeVisible()
}

const turnOnLock = async (page: Page): Promise<void> => {
  await openLock(page)
  await page.getByLabel('New passphrase').fill(PASSPHRASE)
  await page.getByLabel('The same once more').fill(PASSPHRASE)
  await page.getByRole('button', { name: 'Turn on the lock' }).click()
  await expect(page.locator('wa-dialog[open]')).toHaveCount(0)
}

const expectLocked = async (page: Page, secret: string): Promise<void> => {
  await expect(page.getByRole('heading', { name: 'Holdfast is locked' })).toBeVisible()
  await expect(page.getByLabel('Passphrase of this device')).toBeFocused()
  await expect(page.getByText(secret)).toHaveCount(0)
}

const unlock = async (page: Page, passphrase: string): Promise<void> => {
  await page.getByLabel('Passphrase of this device').fill(passphrase)
  await page.keyboard.press('Enter')
}

/** All that a page has in its elements, shadow roots and storages, its title and address. */
const everything = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const textOf = (root: Document | ShadowRoot): string =>
      [...root.querySelectorAll('*')]
        .map(element => {
          const attributes = [...element.attributes].map(({ value }) => value).join(' ')
          const inside = element.shadowRoot ? textOf(element.shadowRoot) : ''
          return `${(element as HTMLInputElement).value ?? ''} ${attributes} ${inside}`
        })
        .join(' ') + (root.textContent ?? '')
    const kept = JSON.stringify([localStorage, sessionStorage, history.state])
    return `${textOf(document)} ${document.title} ${location.href} ${kept}`
  })

const localStorageOf = (page: Page): Promise<string> => page.evaluate(() => JSON.stringify(localStorage))

story(
  'a passphrase locks the device in every tab at once; nothing can be read on the disk, and nothing is lost',
  async ({ app, device }) => {
    const laptop = await device()
    const [first, second] = await twoTabs(laptop, app, 'Umbrella\n')
    await expectStored(first)
    // Typed key by key, it stands in one piece once the list has it.
    await expect.poll(() => databasesWith(first, 'Umbrella')).not.toEqual([])

    await openLock(first)
    await expectClear(first, 'the settings of the lock')
    await first.keyboard.press('Escape')
    await turnOnLock(first)
    for (const tab of [first, second]) await expectNote(tab, 'Umbrella\n')
    expect(await databasesWith(first, 'Umbrella')).toEqual([])

    await type(first, 'Porcupine')
    await expectNote(second, 'Umbrella\nPorcupine')
    await expectStored(first)
    await openLock(first)
    await first.getByRole('button', { name: 'Lock now' }).click()
    for (const tab of [first, second]) {
      await tab.bringToFront()
      await expectLocked(tab, 'Umbrella')
    }
    expect(await databasesWith(first, 'Porcupine')).toEqual([])
    expect(await localStorageOf(first)).not.toMatch(/Umbrella|Porcupine/)
    await expectClear(second, 'the lock screen')

    await unlock(second, 'kelp anchor')
    await expect(second.getByRole('alert')).toContainText('not the passphrase')
    await expectLocked(second, 'Umbrella')
    await unlock(second, PASSPHRASE)
    for (const tab of [first, second]) await expectNote(tab, 'Umbrella\nPorcupine')
  },
)

story(
  'a start asks for the passphrase, too, until the lock is turned off; nothing is lost',
  async ({ app, device }) => {
    const laptop = await device()
    const first = await openApp(laptop, app)
    await writeNote(first, 'Umbrella\n')
    await turnOnLock(first)
    await type(first, 'Porcupine')
    await expectStored(first)
    await openLock(first)
    await first.getByRole('button', { name: 'Lock now' }).click()
    await expectLocked(first, 'Umbrella')
    await first.close()

    const again = await laptop.newPage()
    await again.goto(app.url)
    await expectLocked(again, 'Umbrella')
    await unlock(again, PASSPHRASE)
    await openNote(again, 'Umbrella')
    await expectNote(again, 'Umbrella\nPorcupine')

    await openLock(again)
    await again.getByRole('button', { name: 'Turn off…' }).click()
    await again.getByLabel('Passphrase until now').fill(PASSPHRASE)
    await again.getByRole('button', { name: 'Turn off the lock' }).click()
    await expect(again.locator('wa-dialog[open]')).toHaveCount(0)
    await expectNote(again, 'Umbrella\nPorcupine')
    await expect.poll(() => databasesWith(again, 'Porcupine')).not.toEqual([])
    await again.close()
    const last = await openApp(laptop, app)
    await openNote(last, 'Umbrella')
    await expectNote(last, 'Umbrella\nPorcupine')
  },
)

story(
  'what was there before the lock is gone from every file of the browser, words and what opened the keys alike',
  async ({ app, device, folder }) => {
    const laptop = await device({ profileDir: folder })
    const page = await openApp(laptop, app)
    for (const text of ['Umbrella\nPorcupine pie', 'Lighthouse']) {
      await newNote(page)
      await insert(page, text)
      await expectStored(page)
    }
    await page.getByRole('textbox', { name: 'Filter notes' }).fill('Cormorant')
    await expect(notes(page)).toHaveCount(0)
    await page.getByRole('textbox', { name: 'Filter notes' }).fill('')
    const words = ['Umbrella', 'Porcupine', 'Lighthouse']
    const keys = await wrappedKeys(page)
    expect(keys, 'for signing and for opening').toHaveLength(2)
    for (const wanted of [...words, ...keys])
      expect(await profileFilesWith(folder, wanted), 'it is found where it is').not.toEqual([])
    const expectNowhere = async (when: string): Promise<void> => {
      for (const wanted of [...words, ...keys, 'Cormorant', 'Oystercatcher', PASSPHRASE])
        expect(await profileFilesWith(folder, wanted), `${wanted}, ${when}`).toEqual([])
    }

    await turnOnLock(page)
    await expect(notes(page)).toHaveCount(2)
    await expectNowhere('with the lock on')
    await newNote(page)
    await insert(page, 'Oystercatcher')
    await expectStored(page)
    await expectNowhere('while it is open')
    await laptop.kill()
    await expectNowhere('after the browser was killed')

    const again = await device({ profileDir: folder })
    const next = await again.newPage()
    await next.goto(app.url)
    await expectLocked(next, 'Umbrella')
    await unlock(next, PASSPHRASE)
    await expect(notes(next)).toHaveCount(3)
    await again.close()
    await expectNowhere('after another start')
  },
)

story(
  'what was written offline is sent while the device is locked and every tab is closed',
  async ({ app, device }) => {
    const [laptop, phone] = [await device(), await device()]
    const [here, there] = await pair(app, laptop, phone, 'Before the tunnel')
    await turnOnLock(here)
    await openNote(here, 'Before the tunnel')
    await expectSynced(here)

    await app.goOffline()
    await laptop.goOffline()
    await type(here, '\nInside the tunnel')
    await expectStored(here)
    await expect.poll(() => outboxEntries(here)).toBeGreaterThan(0)
    await openLock(here)
    await here.getByRole('button', { name: 'Lock now' }).click()
    await expectLocked(here, 'Inside the tunnel')
    await laptop.closeTabs()

    await app.goOnline()
    await laptop.goOnline()
    await expectNote(there, 'Before the tunnel\nInside the tunnel')
    const again = await laptop.newPage()
    await again.goto(app.url)
    await expectLocked(again, 'Inside the tunnel')
    expect(await outboxEntries(again)).toBe(0)
  },
)

story(
  'whom nobody touches for a while is locked in every tab, and no page holds a word',
  async ({ app, device }) => {
    const laptop = await device()
    const [first, second] = await twoTabs(laptop, app, 'Umbrella\n')
    await turnOnLock(first)
    await openNote(first, 'Umbrella')
    await shortenIdleTime(first, 0.1)
    await openLock(first)
    await first.getByRole('button', { name: 'Lock now' }).click()
    await expectLocked(first, 'Umbrella')
    await unlock(first, PASSPHRASE)
    for (const tab of [first, second]) {
      await openNote(tab, 'Umbrella')
      await type(tab, 'Porcupine ')
    }
    // Nobody does anything from here on.
    for (const tab of [first, second]) {
      await expect(tab.getByLabel('Passphrase of this device')).toBeVisible({ timeout: 40_000 })
      expect(await everything(tab)).not.toMatch(/Umbrella|Porcupine/)
    }
    await unlock(second, PASSPHRASE)
    for (const tab of [first, second]) await expectNote(tab, 'Umbrella\nPorcupine Porcupine ')
  },
)
