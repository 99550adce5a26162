import { accessibilityProblems } from '../support/browser/accessibility.ts'
import { databasesWith } from '../support/browser/databases.ts'
import {
  expectNote,
  expectStored,
  newNote,
  notes,
  openApp,
  openNote,
  pair,
  status,
  type,
  writeNote,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'
import { chooseWorkspace as choose, expectShown, newWorkspace } from '../support/browser/workspaces.ts'

story(
  'two workspaces on one device: each tab follows, what was typed stays where it was typed, and one goes again',
  async ({ app, device }) => {
    story.setTimeout(120_000) // a long way for one person
    const laptop = await device()
    const page = await openApp(laptop, app)
    await writeNote(page, 'At home')
    const second = await openApp(laptop, app)
    await openNote(second, 'At home')

    await choose(page, 'New workspace')
    await page.getByRole('textbox', { name: 'Name' }).fill('The boat')
    await type(second, ', and typed until the very moment')
    await page.getByRole('textbox', { name: 'Name' }).press('Enter')
    await expectShown(page, 'The boat')
    await expectShown(second, 'The boat')
    await expect(notes(second)).toHaveCount(0)
    await expect(second.getByRole('textbox', { name: 'Note text' })).toHaveCount(0)
    await newNote(second)
    await type(second, 'Mast step')
    await expect(notes(page)).toHaveText([/Mast step/])
    await writeNote(page, 'Rope')

    // A note moves, comes back, and moves again.
    const move = async () => {
      await page.getByRole('button', { name: 'More' }).click()
      await page.getByRole('menuitem', { name: 'Move to another workspace' }).click()
      await page.getByRole('list', { name: 'Workspaces' }).getByRole('button', { name: 'Personal' }).click()
      await expect(notes(page)).toHaveCount(1)
    }
    await move()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expectNote(page, 'Rope')
    await move()

    await choose(second, 'Personal')
    await expectShown(page, 'Personal')
    await expect(notes(page)).toHaveText([/Rope/, /At home/])
    await openNote(page, 'At home')
    await expectNote(page, 'At home, and typed until the very moment')
    const address = page.url()

    await choose(page, 'The boat')
    await expect(notes(second)).toHaveText([/Mast step/])
    await second.goto('about:blank')
    await second.goto(address)
    await expectShown(second, 'Personal')
    await expectNote(second, 'At home, and typed until the very moment')
    await expect(second.getByText('This note is not in the workspace')).toHaveCount(0)
    expect(second.url()).toBe(address)
    await choose(page, 'The boat')
    await expectShown(second, 'The boat')
    await page.reload()
    await expectShown(page, 'The boat')
    await expect(notes(page)).toHaveText([/Mast step/])

    await choose(page, 'Settings')
    await page.getByRole('textbox', { name: 'Name' }).fill('The dinghy')
    await page.getByRole('button', { name: 'Save' }).click()
    await expectShown(second, 'The dinghy')

    await choose(page, 'Settings')
    await page.getByRole('button', { name: 'Delete workspace' }).click()
    await expect(page.getByText('Nobody can bring it back')).toBeVisible()
    await page.getByRole('checkbox', { name: 'Keep a copy' }).uncheck()
    await page.getByRole('button', { name: 'Delete workspace' }).click()
    await expectShown(page, 'Personal')
    await expectShown(second, 'Personal')
    await expect(notes(second)).toHaveCount(2)
    for (const words of ['Mast step', 'The dinghy'])
      await expect.poll(() => databasesWith(page, words), `${words} is nowhere`).toEqual([])
    expect(app.proxy.requests().filter(line => line.includes(' /w/'))).toEqual([])
  },
)

story(
  'several notes are selected by key or pointer, and move together, or to the trash, and back',
  async ({ app, device }) => {
    const page = await openApp(await device(), app)
    for (const text of ['One', 'Two', 'Three']) {
      await newNote(page)
      await type(page, text)
    }
    await expectStored(page)
    await newWorkspace(page, 'The boat')
    await choose(page, 'Personal')
    await expect(notes(page)).toHaveText([/Three/, /Two/, /One/])
    const row = (name: string) => page.getByRole('checkbox', { name: new RegExp(name) })
    const selected = (words: string) => expect(page.getByRole('heading', { name: words })).toBeVisible()

    await page.getByRole('button', { name: 'Select', exact: true }).click()
    await expect(page.getByRole('button', { name: 'Move…' })).toBeDisabled()
    await expect(row('Three')).toBeFocused()
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+ArrowDown')
    await selected('2 selected')
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      expect(await accessibilityProblems(page), colorScheme).toEqual([])
    }
    await page.keyboard.press('Escape')
    await expect(page.getByRole('checkbox')).toHaveCount(0)
    await page.keyboard.press('x')
    await selected('1 selected')
    await page.getByRole('button', { name: 'Select all' }).click()
    await selected('3 selected')
    await row('One').click()
    await expect(row('One')).not.toBeChecked()

    await page.getByRole('button', { name: 'Move…' }).click()
    await expect(page.getByRole('dialog', { name: 'Move 2 notes to another workspace' })).toBeVisible()
    await page.getByRole('list', { name: 'Workspaces' }).getByRole('button', { name: 'The boat' }).click()
    await expect(page.getByText('Moved 2 notes to “The boat”.')).toBeVisible()
    await expect(notes(page)).toHaveText([/One/])
    await expect(page.getByRole('checkbox'), 'nothing is selected any more').toHaveCount(0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(notes(page)).toHaveCount(3)

    await page.getByRole('button', { name: 'Select', exact: true }).click()
    await page.getByRole('button', { name: 'Select all' }).click()
    await page.getByRole('textbox', { name: 'Filter notes' }).fill('T')
    await selected('2 selected')
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await expect(page.getByText('2 notes were moved to the trash.')).toBeVisible()
    await page.getByRole('textbox', { name: 'Filter notes' }).fill('')
    await expect(notes(page)).toHaveText([/One/])
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(notes(page)).toHaveCount(3)

    await notes(page)
      .filter({ hasText: 'One' })
      .getByRole('link')
      .evaluate(link => {
        const press = { pointerType: 'touch', bubbles: true, composed: true, cancelable: true }
        link.dispatchEvent(new PointerEvent('contextmenu', press))
      })
    await selected('1 selected')
    await expect(row('One')).toBeChecked()
  },
)

story(
  'an owner deletes a workspace for everyone; whoever else has it is told, and keeps a copy',
  async ({ app, device }) => {
    const [here, there] = await pair(app, await device(), await device(), 'Ours')
    await choose(here, 'Settings')
    await here.getByRole('button', { name: 'Delete for everyone' }).click()
    const confirm = here.getByRole('button', { name: 'Delete for everyone' })
    await expect(confirm).toBeDisabled()
    await here.getByRole('textbox', { name: /^Write its name/ }).fill('Personal')
    await confirm.click()
    await expect(here.getByText('was deleted for everyone')).toBeVisible()
    await expect(notes(here)).toHaveCount(0)
    await expect.poll(() => databasesWith(here, 'Ours')).toEqual([])

    await expect(status(there)).toContainText('An owner deleted the workspace for everyone')
    await expectNote(there, 'Ours')
    await choose(there, 'Settings')
    await there.getByRole('button', { name: 'Leave workspace' }).click()
    await there.getByRole('button', { name: 'Leave workspace' }).click()
    await expect(there.getByText('1 note was copied')).toBeVisible()
    await expect(notes(there)).toHaveText([/Ours/])
    await expect(status(there)).toContainText('Stored on this device')
    await expect.poll(() => app.proxy.webSockets()).toBe(0)
  },
)
