import { keysOf } from '../support/browser/keystrokes.ts'
import {
  expectNote,
  expectSynced,
  invite,
  join,
  noteText,
  openApp,
  openNote,
  pair,
  type,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

story(
  'a relay killed right after it confirmed has everything when it starts again',
  async ({ app, device, folder }) => {
    const [laptop, phone] = [await device(), await device({ profileDir: folder })]
    const [here] = await pair(app, laptop, phone, 'First')
    await phone.close()

    await type(here, '\nSecond, which the phone has not seen')
    await expect.poll(() => noteText(here)).toContain('Second')
    await expectSynced(here)
    await app.killRelay()
    await laptop.close() // so that nobody but the relay can hand it on
    await app.startRelay()

    const there = await openApp(await device({ profileDir: folder }), app)
    await openNote(there, 'First')
    await expectNote(there, 'First\nSecond, which the phone has not seen')
  },
)

story('a relay killed in the middle of typing costs no keystroke', async ({ app, device }) => {
  const [here, there] = await pair(app, await device(), await device(), '1')
  const [before, after] = [keysOf('abcdefghijklmnopqrstuvwxyz', 40), keysOf('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 40)]

  const typing = type(here, before, 10)
  await expect.poll(() => noteText(there)).toContain('a')
  await app.killRelay()
  await typing
  await type(here, after)
  await app.startRelay()

  await expectNote(there, `1${before}${after}`)
  await expectNote(here, `1${before}${after}`)
  await expectSynced(here)
})

story('a relay that lost its database is filled again by the devices', async ({ app, device }) => {
  const [laptop, phone] = [await device(), await device()]
  const [here, there] = await pair(app, laptop, phone, 'Kept by the devices')

  await app.startEmptyRelay()
  await type(here, '\nand written on')
  await expectNote(there, 'Kept by the devices\nand written on')
  await expectSynced(here)
  await expectSynced(there)
  const link = await invite(here)
  await Promise.all([laptop.close(), phone.close()])

  const tablet = await join(await device(), app, link)
  await openNote(tablet, 'Kept by the devices')
  await expectNote(tablet, 'Kept by the devices\nand written on')
})
