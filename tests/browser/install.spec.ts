import type { CDPSession } from '@playwright/test'
import { noteText, openApp, writeNote } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

/** Chromium's commands for web apps, which Playwright's types do not have. */
type Send = (method: string, params?: object) => Promise<Record<string, unknown>>
const webApps = (session: CDPSession): Send => session.send.bind(session) as unknown as Send

story('the app installs for real and starts in a window of its own', async ({ app, device }) => {
  const laptop = await device()
  const page = await openApp(laptop, app)
  const send = webApps(await laptop.context.newCDPSession(page))
  expect(await send('Page.getInstallabilityErrors')).toEqual({ installabilityErrors: [] })
  const manifestId = `${app.url}/`
  expect(await send('Page.getAppId')).toMatchObject({ appId: manifestId })

  await send('PWA.install', { manifestId })
  await send('PWA.changeAppUserSettings', { manifestId, displayMode: 'standalone' })
  const opened = laptop.context.waitForEvent('page')
  await send('PWA.launch', { manifestId })
  const window = await opened
  await window.waitForFunction(() => matchMedia('(display-mode: standalone)').matches)

  await writeNote(window, 'Written in a window of its own')
  expect(await noteText(window)).toBe('Written in a window of its own')
})
