import { expect, type Locator, type Page } from '@playwright/test'
import type { App } from './app.ts'
import type { Device } from './device.ts'

/** What a person does with the app, by the names that the app gives to things. */

const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })
const noteBox = (page: Page): Locator => page.getByRole('textbox', { name: 'Note text' })

/** The dialog that is open. Its content is slotted into it, so that it is not inside what has the role. */
const openDialog = (page: Page): Locator => page.locator('wa-dialog[open]')

/** Opens the app in a new tab and waits until it can be written in and works without a network. */
export const openApp = async (device: Device, app: App, path = '/'): Promise<Page> => {
  const page = await device.newPage()
  await page.goto(`${app.url}${path}`)
  await expect(button(page, 'New note')).toBeVisible()
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  return page
}

/** Makes an empty note, ready to be typed in. */
export const newNote = async (page: Page): Promise<void> => {
  await button(page, 'New note').click()
  // Not the plain field that takes the keys until then.
  await expect(noteBox(page).and(page.locator('.cm-content'))).toBeFocused()
  await expect.poll(() => noteText(page)).toBe('')
}

/** Types at the end of the open note, key by key. */
export const type = async (page: Page, text: string, delay = 0): Promise<void> => {
  await noteBox(page).focus()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(text, { delay })
}

/** Adds a whole text at the end of the open note at once, as an input method or a paste does. */
export const insert = async (page: Page, text: string): Promise<void> => {
  await type(page, '')
  await page.keyboard.insertText(text)
}

/** Makes a note with this text, and waits until it is stored. */
export const writeNote = async (page: Page, text: string): Promise<void> => {
  await newNote(page)
  await type(page, text)
  await expectStored(page)
}

/** What the editor shows and what the status says of it, at one and the same moment. */
export const look = async (page: Page): Promise<{ readonly text: string; readonly status: string }> =>
  noteBox(page).evaluate(
    (box, line) => {
      const lines = [...box.querySelectorAll('.cm-line')].map(shown => {
        const own = shown.cloneNode(true) as Element
        for (const hint of own.querySelectorAll('.cm-placeholder')) hint.remove()
        return own.textContent
      })
      return { text: lines.join('\n'), status: line?.textContent ?? '' }
    },
    await status(page).elementHandle(),
  )

/** The text of the open note as the editor shows it. */
export const noteText = async (page: Page): Promise<string> => (await look(page)).text

export const expectNote = (page: Page, text: string): Promise<void> =>
  expect.poll(() => noteText(page)).toBe(text)

const list = (page: Page): Locator => page.getByRole('list', { name: 'Notes', exact: true })

/** The rows of the notes list, newest first. */
export const notes = (page: Page): Locator => list(page).getByRole('listitem')

export const openNote = async (page: Page, title: string): Promise<void> => {
  await notes(page).filter({ hasText: title }).first().getByRole('link').click()
  await expect(noteBox(page)).toBeVisible()
}

/** Gives files to one of the fields of the import and returns its report. */
export const importFrom = async (
  page: Page,
  field: string,
  files: Parameters<Locator['setInputFiles']>[0],
): Promise<string> => {
  await button(page, 'Import').click()
  await page.getByLabel(field).setInputFiles(files)
  const dialog = openDialog(page)
  const report = (await dialog.getByRole('alert').textContent()) ?? ''
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog).toBeHidden()
  return report
}

/** Tabs of a browser without a window are always in view, so that the browser itself never says this here. */
export const lookAgain = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))

export const status = (page: Page): Locator => page.getByRole('status', { name: 'Sync status' })

/** Nothing that was typed is still on its way to the disk. */
export const expectStored = async (page: Page): Promise<void> => {
  await expect(status(page)).not.toContainText(/Storing|Starting|could not/)
}

export const expectSynced = (page: Page): Promise<void> => expect(status(page)).toContainText(/^\s*Synced/)

/** Until a dialog is gone it may still give the focus back to where it was, and keys with it. */
const expectNoDialog = (page: Page): Promise<void> =>
  expect(page.locator('hf-sync-dialog, hf-invite-dialog, hf-join-dialog')).toHaveCount(0)

/** Turns sync on with the relay that the app proposes. */
export const turnOnSync = async (page: Page): Promise<void> => {
  await button(page, 'Turn on sync').first().click()
  await expect(page.getByRole('textbox', { name: 'Relay address' })).toHaveValue(new URL(page.url()).origin)
  await openDialog(page).getByRole('button', { name: 'Turn on sync' }).click()
  await expectNoDialog(page)
  await expectSynced(page)
}

/** Opens the app, writes a note and turns sync on. */
export const openSynced = async (device: Device, app: App, text: string): Promise<Page> => {
  const page = await openApp(device, app)
  await newNote(page)
  await type(page, text)
  await turnOnSync(page)
  return page
}

/** Two tabs of one device, synced, that both have the same note open. */
export const twoTabs = async (device: Device, app: App, text: string): Promise<readonly [Page, Page]> => {
  const first = await openSynced(device, app, text)
  const second = await openApp(device, app)
  await openNote(second, text.trim())
  return [first, second]
}

/** Makes an invitation and returns its link. */
export const invite = async (page: Page): Promise<string> => {
  await button(page, 'Add a device').click()
  const link = page.getByRole('textbox', { name: 'Invitation link' })
  await expect(link).toHaveValue(/#join=/)
  const value = await link.inputValue()
  await page.keyboard.press('Escape')
  await expectNoDialog(page)
  return value
}

/** Opens an invitation's link on a device and joins. */
export const join = async (device: Device, app: App, link: string): Promise<Page> => {
  const page = await openApp(device, app, link.slice(app.url.length))
  expect(page.url(), 'the secret leaves the address bar at once').not.toContain('#join=')
  await button(page, 'Join').click()
  await expectNoDialog(page)
  await expectSynced(page)
  return page
}

/** Two devices of one workspace, both synced, the first with a note that both show. */
export const pair = async (
  app: App,
  first: Device,
  second: Device,
  text: string,
): Promise<readonly [Page, Page]> => {
  const here = await openSynced(first, app, text)
  const there = await join(second, app, await invite(here))
  const [title = ''] = text.split('\n')
  await openNote(there, title)
  await expectNote(there, text)
  return [here, there]
}
