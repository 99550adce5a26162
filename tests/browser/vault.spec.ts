import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { strFromU8, unzipSync } from 'fflate'
import { expectClear } from '../support/browser/accessibility.ts'
import { databasesWith } from '../support/browser/databases.ts'
import {
  expectSynced,
  invite,
  join as joinBy,
  newNote,
  notes,
  openApp,
  turnOnSync,
  type,
  writeNote,
} from '../support/browser/notes-page.ts'
import { openPeople } from '../support/browser/people-page.ts'
import { relayHolds } from '../support/browser/relay-disk.ts'
import { expect, story } from '../support/browser/story.ts'

const SECRET = 'kelp-Holds-fast-2207'
const TITLE = 'Harbour bank'
const REMARK = 'the answer is limpet'
const NOTE = 'An ordinary note'

const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole('button', { name, exact: true })
const dialog = (page: Page): Locator => page.locator('wa-dialog[open]')
const entries = (page: Page): Locator => page.getByRole('list', { name: 'Vault' }).getByRole('listitem')

const openVault = async (page: Page): Promise<void> => {
  await button(page, 'Vault').click()
  await expect(page.getByRole('heading', { name: 'Vault' })).toBeVisible()
}

const makeEntry = async (page: Page): Promise<void> => {
  await button(page, 'New entry').click()
  await expect(dialog(page).getByRole('textbox', { name: 'Title' })).toBeFocused()
  await page.keyboard.type(TITLE)
  await dialog(page).getByRole('textbox', { name: 'User name' }).fill('ana')
  await dialog(page).getByRole('textbox', { name: 'Password', exact: true }).fill(SECRET)
  await dialog(page).getByRole('textbox', { name: 'Secret remarks' }).fill(REMARK)
  await button(dialog(page), 'Save').click()
  await expect(dialog(page)).toHaveCount(0)
  await expect(entries(page)).toHaveText([/Harbour bank\s*ana/])
}

/** Shows the password of the entry in its dialog, which stays open. */
const reveal = async (page: Page): Promise<Locator> => {
  await entries(page).getByRole('button', { name: TITLE }).first().click()
  await button(dialog(page), 'Show: Password').first().click()
  return dialog(page).getByRole('textbox', { name: 'Password', exact: true })
}

const closeDialog = async (page: Page): Promise<void> => {
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toHaveCount(0)
}

/** What the whole page says, shadow roots included. */
const shownText = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const textOf = (root: Document | ShadowRoot): string =>
      [...root.querySelectorAll('*')]
        .map(
          element =>
            `${(element as HTMLInputElement).value ?? ''} ${element.shadowRoot ? textOf(element.shadowRoot) : ''}`,
        )
        .join(' ') + (root.textContent ?? '')
    return textOf(document)
  })

const expectNowherePlain = async (page: Page): Promise<void> => {
  for (const text of [SECRET, TITLE, REMARK]) expect(await databasesWith(page, text)).toEqual([])
  expect(await databasesWith(page, NOTE), 'the search finds notes').not.toEqual([])
}

/** The names of the keys by which texts of the vault are, or were, sealed on this device's disk. */
const keyNames = async (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const names = new Set<string>()
    const asPromise = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    for (const { name = '' } of await indexedDB.databases()) {
      if (!name.endsWith(' AAAAAAAAAAAAAAAAAAAAAQ')) continue
      const database = await asPromise(indexedDB.open(name))
      const rows = await asPromise(database.transaction('updates').objectStore('updates').getAll())
      for (const row of rows)
        for (const [, key] of new TextDecoder().decode(row).matchAll(/v1\.([\w-]+)\./g)) names.add(key!)
      database.close()
    }
    return [...names]
  })

story(
  'a password is shown when it is asked for, for a while, and is nowhere else',
  async ({ app, device, folder }) => {
    const laptop = await device()
    await laptop.context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const page = await openApp(laptop, app)
    await writeNote(page, NOTE)

    await openVault(page)
    await makeEntry(page)
    expect(await shownText(page)).not.toContain(SECRET)

    await expectClear(page, 'the vault')

    const box = await reveal(page)
    await expectClear(page, 'an entry that is shown')
    await expect(box).toHaveValue(SECRET)
    expect(await shownText(page), 'the search sees what is shown').toContain(SECRET)
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' })
      document.dispatchEvent(new Event('visibilitychange'))
      Reflect.deleteProperty(document, 'visibilityState')
    })
    await expect(box, 'nobody looks at a hidden tab').toHaveCount(0)
    await closeDialog(page)
    expect(await shownText(page)).not.toContain(SECRET)

    await button(page, `Copy password of ${TITLE}`).click()
    await expect(page.getByText('Copied. In 30 seconds')).toBeVisible()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(SECRET)

    await page.getByRole('textbox', { name: 'Filter notes' }).fill('Harbour')
    await expect(page.getByText('No note has “Harbour” in it.')).toBeVisible()
    await page.getByRole('textbox', { name: 'Filter notes' }).fill('')
    await expect(notes(page)).toHaveCount(1)

    const second = await openApp(laptop, app, '/#vault')
    await expect(entries(second)).toHaveText([/Harbour bank/])
    await entries(second).getByRole('button', { name: TITLE }).first().click()
    await dialog(second).getByRole('textbox', { name: 'User name' }).fill('ana.at.home')
    await second.keyboard.press('Enter')
    await expect(entries(page)).toHaveText([/ana\.at\.home/])
    await second.close()

    const archive = join(folder, 'notes.zip')
    const download = page.waitForEvent('download')
    await button(page, 'Export').click()
    await (await download).saveAs(archive)
    const files = unzipSync(new Uint8Array(await readFile(archive)))
    expect(Object.values(files).map(bytes => strFromU8(bytes))).toEqual([NOTE])

    await button(page, 'Export the vault…').click()
    await expect(dialog(page)).toContainText('readable for whoever opens it')
    const vaultDownload = page.waitForEvent('download')
    await button(dialog(page), 'Export unsealed').click()
    await (await vaultDownload).saveAs(join(folder, 'vault.json'))
    expect(JSON.parse(await readFile(join(folder, 'vault.json'), 'utf8'))).toMatchObject({
      entries: [{ title: TITLE, username: 'ana.at.home', value: SECRET, note: REMARK }],
    })
    await expect(dialog(page)).toHaveCount(0)

    await expectNowherePlain(page)
    const names = await keyNames(page)
    expect(names).toEqual([expect.stringMatching(/^device-/)])
  },
)

story(
  'with sync on, the other device can open a secret, and the relay cannot; new keys change nothing about that',
  async ({ app, device }) => {
    const page = await openApp(await device(), app)
    await newNote(page)
    await type(page, NOTE)
    await openVault(page)
    await makeEntry(page)

    await turnOnSync(page)
    const phone = await device({ viewport: { width: 390, height: 844 } })
    const there = await joinBy(phone, app, await invite(page))
    await openVault(there)
    await expect(entries(there)).toHaveText([/Harbour bank/])
    await expect(await reveal(there)).toHaveValue(SECRET)
    await expectClear(there, 'an entry on a phone')
    await closeDialog(there)
    await expectClear(there, 'the vault on a phone')
    const before = await keyNames(there)
    expect(before, 'nothing of this device’s own key has left it').toEqual([expect.stringMatching(/^\d+$/)])

    await openPeople(page)
    await button(page, 'Make new keys now').click()
    await expect(page.getByText('Everybody has new keys.')).toBeVisible()
    await expect.poll(async () => (await keyNames(there)).length, 'it is sealed anew').toBeGreaterThan(1)
    await expect(await reveal(there)).toHaveValue(SECRET)
    await openVault(page)
    await expect(await reveal(page)).toHaveValue(SECRET)

    await expectSynced(page)
    for (const shown of [page, there]) await expectNowherePlain(shown)
    for (const text of [SECRET, TITLE, REMARK]) expect(await relayHolds(app, text)).toEqual([])
  },
)
