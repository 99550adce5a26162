/**
 * What an app costs that is open and not used, a stand-in for the battery: processor time, wake-ups of its threads and
 * bytes over the network, with its tab seen and with another one before it. All contenders idle at the same time, each
 * in browsers and with servers of their own, with a note open and synced. An empty page shows what the browser itself costs.
 *
 * And what typing costs: keys at the pace of an hour with 12,000 of them, for as long as stands below, scaled to the hour.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startBare } from './pages/bare.ts'
import { startHoldfast } from './pages/holdfast.ts'
import { beginLine, letter, openNote } from './pages/notes.ts'
import type { PageApp } from './pages/page-app.ts'
import { launchPlainBrowser, type PlainBrowser } from './pages/plain-browser.ts'
import { prepared } from './pages/prepared.ts'
import { startUsualWay } from './pages/usual-way.ts'
import { notesOf } from './support/archive.ts'
import { versionsOf } from './support/contenders.ts'
import { endingAll, type Later } from './support/ending.ts'
import { folderFor } from './support/folder.ts'
import { preparedFor } from './support/in-page.ts'
import { readOptions } from './support/options.ts'
import { usedBy } from './support/processes.ts'
import { take } from './support/take.ts'

const options = readOptions({ rounds: 1 })
/** The first are what all is measured with. */
const NOTES = options.small ? [20] : [200, 2_000]
const BYTES_EACH = 1_000
const IDLE_S = options.small ? 3 : 600
/** After a start, a browser tidies up for a while, and an app sends what it has to say. */
const SETTLE_MS = options.small ? 1_000 : 60_000
const TYPING_S = options.small ? 3 : 60
const KEYS_AN_HOUR = 12_000
const HOUR_S = 3_600

const EMPTY = 'an empty page'

const taking = take('idle', options, versionsOf(['yjs', 'y-indexeddb', 'y-websocket']))

/** Seen or hidden, so that both can be open at the same time. */
const VIEWS = ['seen', 'hidden'] as const

interface Contender {
  readonly name: string
  readonly notes: number
  readonly app: PageApp
  readonly profile: string
  readonly hasNotes: boolean
}

const STARTS: Readonly<Record<string, (later: Later) => Promise<PageApp>>> = {
  Holdfast: later => startHoldfast(later, { sync: true }),
  'the usual way': later => startUsualWay(later, { sync: true }),
  [EMPTY]: later => startBare(later, 'empty.html'),
}

const startContender = async (name: string, notes: number, later: Later): Promise<Contender> => {
  const app = await STARTS[name]!(later)
  const profile = join(await folderFor(later), 'profile')
  const hasNotes = name !== EMPTY
  if (hasNotes) await prepared(name, app, notesOf(notes, BYTES_EACH), profile)
  return { name, notes, app, profile, hasNotes }
}

const openApp = async ({ app, profile, hasNotes }: Contender, later: Later) => {
  const browser = await launchPlainBrowser(profile)
  later(() => browser.close())
  const tab = await browser.open(app.url, preparedFor(hasNotes))
  if (hasNotes) await openNote(tab, 0)
  return { browser, tab }
}

const spent = ({ pid }: PlainBrowser, app: PageApp): readonly number[] => {
  const { seconds, wakeUps } = usedBy(pid)
  return [seconds, wakeUps, app.bytes()]
}

/** What was used between now and what the function is called: seconds, wake-ups, bytes. */
const counting = (browser: PlainBrowser, app: PageApp): (() => readonly number[]) => {
  const before = spent(browser, app)
  return () => spent(browser, app).map((value, index) => value - before[index]!)
}

interface Idler {
  readonly contender: Contender
  readonly view: (typeof VIEWS)[number]
}

/** Whoever idles, all at the same time: what each used. */
const idleTogether = (idlers: readonly Idler[]): Promise<readonly (readonly number[])[]> =>
  endingAll(async later => {
    const opened: { readonly browser: PlainBrowser; readonly app: PageApp }[] = []
    for (const { contender, view } of idlers) {
      const { browser, tab } = await openApp(contender, later)
      if (view === 'hidden') await (await browser.open('about:blank')).letGo()
      await tab.letGo()
      opened.push({ browser, app: contender.app })
    }
    await pause(SETTLE_MS)
    const ends = opened.map(({ browser, app }) => counting(browser, app))
    await pause(IDLE_S * 1_000)
    return ends.map(end => end())
  })

const typeForAWhile = (contender: Contender): Promise<readonly number[]> =>
  endingAll(async later => {
    const { browser, tab } = await openApp(contender, later)
    await beginLine(tab)
    await pause(SETTLE_MS / 10)
    const end = counting(browser, contender.app)
    const keys = (KEYS_AN_HOUR * TYPING_S) / HOUR_S
    const began = performance.now()
    for (let index = 0; index < keys; index++) {
      await tab.press(letter('abcdefghijklmnopqrstuvwxyz'[index % 26]!))
      await pause(Math.max(0, began + ((index + 1) * TYPING_S * 1_000) / keys - performance.now()))
    }
    return end().map(value => (value * HOUR_S) / TYPING_S)
  })

const questions = (what: string, about: Readonly<Record<string, number>>) =>
  [
    { measure: `processor time, ${what}`, unit: 's' },
    { measure: `wake-ups, ${what}`, unit: '' },
    { measure: `bytes over the network, ${what}`, unit: 'B' },
  ].map(question => ({ ...question, with: about, better: 'less' as const }))

/** Who idles how; with many notes only where the tab is seen. */
const CASES = NOTES.flatMap((notes, index) =>
  VIEWS.filter(view => index === 0 || view === 'seen').map(view => ({ notes, view })),
)

await endingAll(async later => {
  const idlers: Idler[] = []
  for (const name of Object.keys(STARTS))
    for (const { notes, view } of CASES)
      idlers.push({ view, contender: await startContender(name, notes, later) })

  let together: Promise<readonly (readonly number[])[]> | null = null
  let asked = 0
  const idle = async (wanted: string): Promise<readonly number[]> => {
    if (asked++ % Object.keys(STARTS).length === 0) together = idleTogether(idlers)
    const used = await together!
    return idlers.flatMap(({ contender }, index) => (contender.name === wanted ? used[index]! : []))
  }
  await taking.askAll(
    CASES.flatMap(({ notes, view }) => questions(`idle, ${view}`, { seconds: IDLE_S, notes })),
    Object.fromEntries(Object.keys(STARTS).map(name => [name, () => idle(name)])),
  )
  const typists = idlers
    .filter(({ view }) => view === 'seen')
    .map(({ contender }) => contender)
    .filter(({ notes, hasNotes }) => notes === NOTES[0] && hasNotes)
  await taking.askAll(
    questions('an hour of typing', { keys: KEYS_AN_HOUR, notes: NOTES[0]! }),
    Object.fromEntries(typists.map(contender => [contender.name, () => typeForAWhile(contender)])),
  )
})
taking.finish()
