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
  'a relay that one device adds is used by the others too; one that is away is named and costs nothing; a server that reads is marked',
  async ({ app, device }) => {
    const other = await startRelay({ env: { HOLDFAST_ALLOWED_ORIGINS: app.url } })
    const yjs = await createYjsServer()
    try {
      const [first, second] = [await device(), await device()]
      const here = await openApp(first, app)
      await newNote(here)
      await insert(here, 'Kelp')
      await turnOnSync(here)
      const there = await join(second, app, await invite(here))
      await openSyncDetails(there)
      await expect(relays(there)).toHaveCount(1)
      await openSyncDetails(here)
      await addRelay(here, other.url)
      const added = relays(there).filter({ hasText: new URL(other.url).host })
      await expect(added).toContainText(/You added it for all devices/)
      for (const page of [here, there]) {
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

      // One device alone goes on without a relay, and takes it back.
      await openSyncDetails(there)
      await there.getByRole('button', { name: `Remove ${new URL(other.url).host}` }).click()
      await there.getByRole('checkbox', { name: 'Only on this device' }).check()
      expect(await accessibilityProblems(there)).toEqual([])
      await there.getByRole('button', { name: 'Remove', exact: true }).click()
      await expect(relays(there).nth(1)).toContainText('Not used on this device')
      await expect(relays(here)).toHaveCount(2)
      await expect(status(here)).toContainText(/Synced at/)
      expect(await accessibilityProblems(there)).toEqual([])
      await there.getByRole('button', { name: 'Use here' }).click()
      await expect(relays(there).nth(1)).toContainText(/Has all \d documents as here/)

      // An owner takes everything off one of them: all devices leave it, and lose nothing.
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
      await expect(relays(there)).toHaveCount(1)
      await expect(status(there)).toContainText(/Synced at/)
      await there.goBack()
      await openNote(there, 'Kelp and dulse')
      await expectNote(there, 'Kelp and dulse')
    } finally {
      await other.discard()
      await yjs.kill()
    }
  },
)
