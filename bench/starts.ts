/**
 * How long a person waits for the list of notes: in a second tab beside one that is open, and after the browser was
 * closed, from the disk, with nothing to be reached over the network. From the navigation to the first row, by the
 * page's own clock. No contender syncs here: what a start shows comes from the disk.
 */
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startBare } from './pages/bare.ts'
import { startHoldfast } from './pages/holdfast.ts'
import type { PageApp } from './pages/page-app.ts'
import { launchPlainBrowser, type PlainBrowser } from './pages/plain-browser.ts'
import { prepared } from './pages/prepared.ts'
import { startUsualWay } from './pages/usual-way.ts'
import { notesOf } from './support/archive.ts'
import { versionsOf } from './support/contenders.ts'
import { endingAll } from './support/ending.ts'
import { folderFor } from './support/folder.ts'
import { prepare } from './support/in-page.ts'
import { readOptions } from './support/options.ts'
import { take } from './support/take.ts'

const BYTES_EACH = 1_000

const options = readOptions({ rounds: 4 })
/** A browser that was just started is at work on itself; a person needs longer than this to open a page. */
const SETTLE_MS = options.small ? 100 : 1_500
const SIZES = options.small ? [20] : [100, 2_000, 10_000]
const taking = take('starts', options, versionsOf(['yjs', 'y-indexeddb', 'y-websocket']))

/** Milliseconds from the navigation to the first row. */
const timeToList = async (browser: PlainBrowser, url: string): Promise<number> => {
  const tab = await browser.open(url, { prepare })
  await tab.until(() => window.listReady !== undefined)
  return tab.run(() => window.listReady!)
}

/** First a start from the disk, then a second tab beside it. */
const startTwice = async (app: PageApp, from: string): Promise<readonly number[]> =>
  endingAll(async later => {
    const profile = join(await folderFor(later), 'profile')
    await cp(from, profile, { recursive: true })
    await app.goOffline()
    later(() => app.goOnline())
    const browser = await launchPlainBrowser(profile)
    later(() => browser.close())
    await pause(SETTLE_MS)
    const cold = await timeToList(browser, app.url)
    await pause(SETTLE_MS)
    return [cold, await timeToList(browser, app.url)]
  })

await endingAll(async later => {
  const apps: Readonly<Record<string, PageApp>> = {
    Holdfast: await startHoldfast(later, { sync: false }),
    'the usual way': await startUsualWay(later, { sync: false }),
    'the usual way, one document': await startUsualWay(later, { sync: false, oneDocument: true }),
    'bare IndexedDB': await startBare(later, 'list.html'),
    'bare IndexedDB and Web Crypto': await startBare(later, 'list.html?sealed'),
  }
  for (const size of SIZES) {
    const folder = await folderFor(later)
    const notes = notesOf(size, BYTES_EACH)
    const runs: Record<string, () => Promise<readonly number[]>> = {}
    for (const [name, app] of Object.entries(apps)) {
      const profile = join(folder, name)
      await prepared(name, app, notes, profile)
      runs[name] = () => startTwice(app, profile)
    }
    const about = { with: { notes: size }, unit: 'ms', better: 'less' } as const
    await taking.askAll(
      [
        { measure: 'cold start, offline, to the list', ...about },
        { measure: 'second tab to the list', ...about },
      ],
      runs,
    )
  }
})
taking.finish()
