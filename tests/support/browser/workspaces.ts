import { expect, type Page } from '@playwright/test'

const ACTIONS = ['Settings of this workspace', 'New workspace', 'Join with an invitation']

const switcher = (page: Page) => page.getByRole('button', { name: /^Workspace: / })

/** Which workspace the page shows. */
export const expectShown = (page: Page, name: string): Promise<void> =>
  expect(switcher(page)).toHaveAccessibleName(`Workspace: ${name}`)

/** Chooses a workspace, or what can be done with them, from the menu. */
export const chooseWorkspace = async (page: Page, item: string): Promise<void> => {
  await switcher(page).click()
  const role = ACTIONS.some(action => action.startsWith(item)) ? 'menuitem' : 'menuitemcheckbox'
  await page.getByRole(role, { name: item }).click()
}

/** Makes a workspace, which is shown then. */
export const newWorkspace = async (page: Page, name: string): Promise<void> => {
  await chooseWorkspace(page, 'New workspace')
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('button', { name: 'Create' }).click()
  await expectShown(page, name)
  await expect(page.locator('wa-dialog[open]')).toHaveCount(0)
}
