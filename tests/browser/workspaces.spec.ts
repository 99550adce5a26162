import { databasesWith } from '../support/browser/databases.ts'
import {
  expectNote,
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
import { chooseWorkspace as choose, expectShown } from '../support/browser/workspaces.ts'

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

    await choose(page, 'The boat')
    await expect(notes(second)).toHaveText([/Mast step/])
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

    await expect(status(there)).toContainText('An owner deleted the workspace')
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
