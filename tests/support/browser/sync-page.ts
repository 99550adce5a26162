import { expect, type Page } from '@playwright/test'

export const openSyncDetails = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Sync settings' }).click()
  await page.getByRole('button', { name: 'Sync details' }).click()
  await expect(page.getByRole('heading', { name: 'Sync details' })).toBeVisible()
}
