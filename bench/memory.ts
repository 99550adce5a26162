/**
 * What a browser takes of the memory with several tabs of an app: the sum over all of its processes, in which what
 * several of them share is divided (PSS). Each tab has a note of its own open and is synced; all but the last are
 * hidden. An empty page shows what the browser itself takes.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startBare } from './pages/bare.ts'
import { startHoldfast } from './pages/holdfast.ts'
import { openNote } from './pages/notes.ts'
import type { PageApp } from './pages/page-app.ts'
import { launchPlainBrowser } from './pages/plain-browser.ts'
import { prepared } from './pages/prepared.ts'
import { startUsualWay } from './pages/usual-way.ts'
import { notesOf } from './support/archive.ts'
import { versionsOf } from './support/contenders.ts'
import { endingAll } from './support/ending.ts'
import { folderFor } from './support/folder.ts'
import { preparedFor } from './support/in-page.ts'
import { readOptions } from './support/options.ts'
import { memoryOf } from './support/processes.ts'
import { take } from './support/take.ts'

const options = readOptions({ rounds: 2 })
const BYTES_EACH = 1_000
const CASES = options.small
  ? [{ notes: 20, tabs: [1, 2] }]
  : [
      { notes: 200, tabs: [1] },
      { notes: 2_000, tabs: [1, 5, 20] },
    ]
/** Until what a start leaves behind is collected, as far as the browser does that by itself. */
const SETTLE_MS = options.small ? 500 : 30_000

const taking = take('memory', options, versionsOf(['yjs', 'y-indexeddb', 'y-websocket']))

/** In MB, for each number of tabs. The list shows the newest notes first, and only so many: those are opened. */
const openTabs = (
  app: PageApp,
  profile: string,
  hasNotes: boolean,
  counts: readonly number[],
): Promise<readonly number[]> =>
  endingAll(async later => {
    const browser = await launchPlainBrowser(profile)
    later(() => browser.close())
    const taken: number[] = []
    let open = 0
    for (const tabs of counts) {
      for (; open < tabs; open++) {
        const tab = await browser.open(app.url, preparedFor(hasNotes))
        if (hasNotes) await openNote(tab, open)
        // What a debugger has to remember of a page is not the page's.
        await tab.letGo()
      }
      await pause(SETTLE_MS)
      taken.push(memoryOf(browser.pid) / 1e6)
    }
    return taken
  })

for (const { notes, tabs: counts } of CASES)
  await endingAll(async later => {
    const folder = await folderFor(later)
    const apps: Readonly<Record<string, PageApp>> = {
      Holdfast: await startHoldfast(later, { sync: true }),
      'the usual way': await startUsualWay(later, { sync: true }),
      'the usual way, one document': await startUsualWay(later, { sync: true, oneDocument: true }),
      'an empty page': await startBare(later, 'empty.html'),
    }
    const runs: Record<string, () => Promise<readonly number[]>> = {}
    for (const [name, app] of Object.entries(apps)) {
      const profile = join(folder, name)
      const hasNotes = name !== 'an empty page'
      if (hasNotes) await prepared(name, app, notesOf(notes, BYTES_EACH), profile)
      runs[name] = () => openTabs(app, profile, hasNotes, counts)
    }
    await taking.askAll(
      counts.map(tabs => ({
        measure: 'memory of the whole browser',
        with: { tabs, notes },
        unit: 'MB',
        better: 'less' as const,
      })),
      runs,
    )
  })
taking.finish()
