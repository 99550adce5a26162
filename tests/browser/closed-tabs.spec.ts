import { outboxEntries } from '../support/browser/databases.ts'
import {
  expectNote,
  expectStored,
  openApp,
  openNote,
  pair,
  status,
  type,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

story(
  'an edit made offline arrives after every tab was closed and none was opened again',
  async ({ app, device }) => {
    const [laptop, phone] = [await device(), await device()]
    const [here, there] = await pair(app, laptop, phone, 'Before the tunnel')

    await app.goOffline()
    await laptop.goOffline()
    await type(here, '\nInside the tunnel')
    await expectStored(here)
    await expect(status(here)).toContainText('waiting')
    await expect.poll(() => outboxEntries(here)).toBeGreaterThan(0)
    await laptop.closeTabs()

    await app.goOnline()
    await laptop.goOnline()
    await expectNote(there, 'Before the tunnel\nInside the tunnel')

    const again = await openApp(laptop, app)
    await openNote(again, 'Before the tunnel')
    await expectNote(again, 'Before the tunnel\nInside the tunnel')
    await expect.poll(() => outboxEntries(again)).toBe(0)
  },
)
