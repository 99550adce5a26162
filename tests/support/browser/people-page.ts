import { expect, type Locator, type Page } from '@playwright/test'
import type { App } from './app.ts'
import type { Device } from './device.ts'
import { expectSynced, openApp } from './notes-page.ts'

/** What a person does with people, devices and invitations, by the names that the app gives to things. */

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true })
const field = (page: Page, name: string): Locator => page.getByRole('textbox', { name, exact: true })

/** A field that must be filled has a mark in its name. */
const ownName = (page: Page): Locator => page.getByRole('textbox', { name: /^Your name/ })

/** Until a dialog is gone it may still give the focus back to where it was. */
export const expectNoDialog = (page: Page): Promise<void> => expect(page.locator('wa-dialog')).toHaveCount(0)

export const openPeople = async (page: Page): Promise<void> => {
  await button(page, 'People').click()
  await expect(page.getByRole('heading', { name: 'People and devices' })).toBeVisible()
}

/** The list of a person's devices. */
export const devicesOf = (page: Page, name: string): Locator =>
  page.getByRole('list', { name: `Devices of ${name}`, exact: true }).getByRole('listitem')

export const invitations = (page: Page): Locator =>
  page.getByRole('list', { name: 'Invitations' }).getByRole('listitem')

export interface Spoken {
  readonly phrase: string
  readonly relay: string
  readonly workspace: string
}

interface Terms {
  readonly role?: 'Reader' | 'Editor' | 'Admin' | 'Owner'
  /** How whoever invites is called, where they are asked. */
  readonly me?: string
}

const fillTerms = async (page: Page, { role, me }: Terms): Promise<void> => {
  await button(page, 'Invite a person').click()
  if (me !== undefined) await ownName(page).fill(me)
  if (role !== undefined) await page.getByRole('radio', { name: role }).check()
}

const closeDialog = async (page: Page): Promise<void> => {
  await page.keyboard.press('Escape')
  await expectNoDialog(page)
}

/** Invites somebody on the people page, and returns the link. */
export const invitePerson = async (page: Page, terms: Terms = {}): Promise<string> => {
  await fillTerms(page, terms)
  await button(page, 'Make the invitation').click()
  await expect(field(page, 'Invitation link')).toHaveValue(/#join=/)
  const link = await field(page, 'Invitation link').inputValue()
  await closeDialog(page)
  return link
}

/** The same by words that are read out. */
export const invitePersonByWords = async (page: Page, terms: Terms = {}): Promise<Spoken> => {
  await fillTerms(page, terms)
  await page.getByRole('radio', { name: 'seven words' }).check()
  await button(page, 'Make the invitation').click()
  await expect(field(page, 'Workspace id')).toHaveValue(/^[\w-]{43}$/)
  const phrase = (await page.getByLabel('Phrase', { exact: true }).textContent()) ?? ''
  const relay = (await page.locator('dd.mono').first().textContent()) ?? ''
  const workspace = await field(page, 'Workspace id').inputValue()
  await closeDialog(page)
  return { phrase, relay, workspace }
}

/** Opens a link on a device and shows what it offers. */
export const openInvitation = async (device: Device, app: App, link: string): Promise<Page> => {
  const page = await openApp(device, app, link.slice(app.url.length))
  await expect(button(page, 'Join')).toBeVisible()
  return page
}

/** Accepts what is offered, under a name where one is asked for. */
export const accept = async (page: Page, name?: string): Promise<void> => {
  if (name !== undefined) await ownName(page).fill(name)
  await button(page, 'Join').click()
  await expectNoDialog(page)
  await expectSynced(page)
}

/** Types in what was read out or printed. */
export const typeInvitation = async (page: Page, { phrase, relay, workspace }: Spoken): Promise<void> => {
  await button(page, 'Turn on sync').click()
  await button(page, 'Join with an invitation').click()
  await field(page, 'Seven words, or the 24 of a recovery key').fill(phrase)
  await field(page, 'Relay').fill(relay)
  await field(page, 'Workspace id').fill(workspace)
  await button(page, 'Go on').click()
}
