import type { Page } from '@playwright/test'
import { accessibilityProblems } from '../support/browser/accessibility.ts'
import {
  expectNote,
  expectSynced,
  insert,
  invite,
  join,
  newNote,
  openApp,
  openNote,
  status,
  turnOnSync,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'
import { openSyncDetails } from '../support/browser/sync-page.ts'
import { startRelay } from '../support/relay.ts'
import { createYjsServer } from '../support/yjs-server.ts'

const relays = (page: Page) => page.getByRole('region', { name: /^Relays?$/ }).getByRole('listitem')

const addRelay = async (page: Page, address: string, trusted = false): Promise<void> => {
  await page.getByRole('button', { name: 'Add a relay' }).click()
  if (trusted) await page.getByRole('checkbox', { name: 'It is a plain Yjs server of my own' }).check()
  await page.getByRole('textbox', { name: /[Aa]ddress/ }).fill(address)
  await page.getByRole('button', { name: trusted ? 'Let it read' : 'Add', exact: true }).click()
}

story(
  'two relays carry a workspace together; one that is away is named and costs nothing; a server that reads is marked',
  async ({ app, device }) => {
    const other = await startRelay({ env: { HOLDFAST_ALLOWED_ORIGINS: app.url } })
    const yjs = await createYjsServer()
    try {
      const [first, second] = [await device(), await device()]
      const here = await openApp(first, app)
      await newNote(here)
      await insert(here, 'Kelp')
      await turnOnSync(here)
      await openSyncDetails(here)
      await addRelay(here, other.url)
      await expect(relays(here)).toHaveCount(2)
      await here.goBack()
      const there = await join(second, app, await invite(here)) // the invitation names both
      for (const page of [here, there]) {
        await openSyncDetails(page)
        await expect(relays(page)).toHaveCount(2)
        for (const row of await relays(page).all())
          await expect(row).toContainText(/Has all \d documents as here/)
        await expectSynced(page)
        await page.goBack()
      }

      await app.goOffline() // the relay that the app came from
      await expect(status(here)).toContainText(/Synced with 1 of 2 relays at .* is not reached/)
      await openNote(there, 'Kelp')
      await openNote(here, 'Kelp')
      await insert(here, ' and dulse')
      await expectNote(there, 'Kelp and dulse')
      await expect(status(here)).toContainText('Synced with 1 of 2 relays')
      await app.goOnline()
      await expect(status(here)).toContainText(/Synced at/)

      await openSyncDetails(here)
      await addRelay(here, yjs.url, true)
      await expect(relays(here)).toHaveCount(3)
      await expect(relays(here).nth(2)).toContainText('can read everything')
      await expect(relays(here).nth(2)).toContainText('handed everything')
      await expect(status(here)).toContainText('can read everything')
      expect(await accessibilityProblems(here)).toEqual([])
      await here.getByRole('button', { name: `Remove ${new URL(yjs.url).host}` }).click()
      await expect(relays(here)).toHaveCount(2)
      await expect(status(here)).not.toContainText('can read')

      // An owner takes everything off one of them; the other member is told, and loses nothing.
      const host = new URL(other.url).host
      await here.getByRole('button', { name: `Remove ${host}` }).click()
      const asked = here.getByRole('form', { name: `Remove ${host}` })
      await asked
        .getByRole('checkbox', { name: 'Also delete what this relay holds of the workspace' })
        .check()
      expect(await accessibilityProblems(here)).toEqual([])
      await asked.getByRole('button', { name: 'Delete there and remove' }).click()
      await expect(relays(here)).toHaveCount(1)
      await expect(status(here)).toContainText(/Synced at/)
      await openSyncDetails(there)
      await expect(relays(there).filter({ hasText: host })).toContainText(
        'An owner deleted the workspace from it',
      )
      await there.goBack()
      await openNote(there, 'Kelp and dulse')
      await expectNote(there, 'Kelp and dulse')
    } finally {
      await other.discard()
      await yjs.kill()
    }
  },
)
