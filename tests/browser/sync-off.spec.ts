import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  expectNote,
  expectSynced,
  openApp,
  openNote,
  turnOnSync,
  writeNote,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'
import { crashSharedWorker, scriptsOfWorker } from '../support/browser/workers.ts'
import { chooseWorkspace, expectShown, newWorkspace } from '../support/browser/workspaces.ts'

/**
 * Every address that the app asked any network for, from the browser's own log: what a shared worker asks for shows
 * nowhere else. What the browser wants for itself has no origin as its initiator.
 */
const addressesAskedBy = async (origin: string, netLog: string): Promise<string[]> => {
  const log = JSON.parse(await readFile(netLog, 'utf8')) as {
    events: readonly { params?: { url?: string; initiator?: string } }[]
  }
  const urls = log.events.flatMap(({ params }) =>
    params?.url && params.initiator === origin ? [params.url] : [],
  )
  return [...new Set(urls)]
}

story(
  'before sync is turned on, no request leaves the device and no sync code runs',
  async ({ app, device, folder }) => {
    const netLog = join(folder, 'net.json')
    const laptop = await device({ args: [`--log-net-log=${netLog}`] })
    const page = await openApp(laptop, app)
    await writeNote(page, 'For nobody else')
    const before = await scriptsOfWorker(laptop.browser)
    expect(before).toContain(`${app.url}/worker.js`)
    expect(app.proxy.requests().filter(line => line.includes(' /w/'))).toEqual([])
    expect(app.proxy.webSockets()).toBe(0)

    await turnOnSync(page)
    const after = await scriptsOfWorker(laptop.browser)
    expect(after.length, 'sync brings code of its own').toBeGreaterThan(before.length)
    expect(app.proxy.webSockets()).toBe(1)

    // Sync is each workspace's own: a second one has none, although the first one has.
    await newWorkspace(page, 'Secret')
    await expect.poll(() => app.proxy.webSockets()).toBe(0)
    await laptop.closeTabs()
    await crashSharedWorker(laptop.browser) // the browser lets one without tabs live on for a while
    const atRelay = () => app.proxy.requests().filter(line => line.includes(' /w/')).length
    const soFar = atRelay()
    const again = await openApp(laptop, app)
    await expectShown(again, 'Secret')
    await writeNote(again, 'For nobody at all')
    expect(await scriptsOfWorker(laptop.browser), 'no sync code runs').toHaveLength(before.length)
    expect(atRelay()).toBe(soFar)
    expect(app.proxy.webSockets()).toBe(0)
    await chooseWorkspace(again, 'Personal')
    await expectSynced(again)
    expect(app.proxy.webSockets()).toBe(1)

    await laptop.close() // completes the browser's log
    const addresses = await addressesAskedBy(app.url, netLog)
    expect(addresses).toContain(`${app.url}/worker.js`)
    expect(addresses.filter(url => new URL(url).host !== new URL(app.url).host)).toEqual([])
  },
)

story('the app starts again without a network, with the note there', async ({ app, device }) => {
  const laptop = await device()
  const page = await openApp(laptop, app)
  await writeNote(page, 'Still here')

  await app.goOffline()
  await laptop.goOffline()
  await page.reload()
  await openNote(page, 'Still here')
  await expectNote(page, 'Still here')
  await writeNote(page, 'And another')
})
