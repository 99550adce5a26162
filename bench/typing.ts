/**
 * From a key to the screen: of the same tab, of another tab, and of another device through a relay on the same machine.
 * Real key events, from the time that the browser gives the event to the moment when the text is in the page, and to the
 * frame that draws it. Tabs that nobody looks at are hidden, as they are in a browser; the one that is typed in and the
 * one that is watched are seen.
 *
 * Holdfast gathers what is typed for 50 ms while other people have the note open, and seals and stores it before it
 * leaves the device; the usual way sends each key at once, and the bare limit is postMessage through a SharedWorker to
 * the tab and a bare WebSocket to the device, with no text behind it.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startBare } from './pages/bare.ts'
import { startHoldfast } from './pages/holdfast.ts'
import { type KeysSeen, watchKeys } from './pages/measure-keys.ts'
import { beginLine, letter, openNote } from './pages/notes.ts'
import type { PageApp } from './pages/page-app.ts'
import { launchPlainBrowser, type PlainBrowser, type PlainTab } from './pages/plain-browser.ts'
import { prepared } from './pages/prepared.ts'
import { startUsualWay } from './pages/usual-way.ts'
import { noteOf } from './support/archive.ts'
import { versionsOf } from './support/contenders.ts'
import { endingAll } from './support/ending.ts'
import { folderFor } from './support/folder.ts'
import { prepare } from './support/in-page.ts'
import { readOptions } from './support/options.ts'
import { quantile } from './support/statistics.ts'
import { take } from './support/take.ts'

/** A quick typist, never quite in step with frames and batches. */
const PAUSE_MS = [80, 130] as const
const QUANTILES = [0.5, 0.95, 0.99] as const
const SETTLE_MS = 1_500
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'

const options = readOptions({ rounds: 3 })
const KEYS = options.small ? 10 : 80
const CASES = options.small
  ? [{ tabs: 2, bytes: 1_000 }]
  : [
      { tabs: 1, bytes: 1_000 },
      { tabs: 5, bytes: 1_000 },
      { tabs: 20, bytes: 1_000 },
      { tabs: 2, bytes: 1_000 },
      { tabs: 2, bytes: 100_000 },
      { tabs: 2, bytes: 1_000_000 },
    ]
const SIZES = [...new Set(CASES.map(({ bytes }) => bytes))]
const NOTES = SIZES.map((bytes, index) => noteOf(index, bytes))
const titleOf = (bytes: number): string => /^# (.+)\n/.exec(NOTES[SIZES.indexOf(bytes)]!.text)![1]!

const taking = take('typing', options, versionsOf(['yjs', 'y-websocket', 'y-indexeddb', '@codemirror/view']))

interface Contender {
  readonly app: PageApp
  /** Whether it has notes to open; the bare page has one line for everything. */
  readonly hasNotes: boolean
}

type Case = (typeof CASES)[number]

/** A tab with the note open. */
const openTab = async (
  browser: PlainBrowser,
  { app, hasNotes }: Contender,
  bytes: number,
  newWindow: boolean,
): Promise<PlainTab> => {
  const tab = await browser.open(app.url, { prepare, newWindow })
  await tab.until(() => document.readyState === 'complete' && 'findDeep' in window)
  if (hasNotes) await openNote(tab, titleOf(bytes))
  else await tab.until(() => window.findDeep('.cm-content') !== null)
  return tab
}

/** Types a line into the first tab. When each key was seen: there, and in the others. */
const typeLine = async (
  tabs: readonly [PlainTab, ...PlainTab[]],
  mark: string,
  hasNotes: boolean,
): Promise<readonly KeysSeen[]> => {
  const [tab] = tabs
  await tab.lookAt()
  if (hasNotes) await beginLine(tab)
  for (const each of tabs) await each.run(watchKeys, mark)
  for (const character of mark) await tab.press({ key: character, code: '', text: character })
  for (let index = 0; index < KEYS; index++) {
    await pause(PAUSE_MS[0] + ((index * 37) % (PAUSE_MS[1] - PAUSE_MS[0])))
    await tab.press(letter(ALPHABET[index % ALPHABET.length]!))
  }
  for (const each of tabs) await each.until(wanted => window.keys!.shown.length === wanted, KEYS)
  return Promise.all(tabs.map(each => each.run(() => window.keys!)))
}

const after = (pressed: readonly number[], at: readonly number[]): readonly number[] =>
  pressed.map((began, index) => at[index]! - began)

let runs = 0

/** Of one round: the quantiles of each distance, as QUESTIONS has them. NaN where there is no other tab. */
const typeOnce = (contender: Contender, profiles: readonly [string, string], { tabs, bytes }: Case) =>
  endingAll(async later => {
    const [here, there] = await Promise.all(profiles.map(launchPlainBrowser))
    later(() => here!.close())
    later(() => there!.close())
    const device = await openTab(there!, contender, bytes, false)
    const own = await openTab(here!, contender, bytes, false)
    for (let count = 2; count < tabs; count++) await openTab(here!, contender, bytes, false)
    // In a window beside the one in which is typed.
    const other = tabs > 1 ? await openTab(here!, contender, bytes, true) : null
    await pause(SETTLE_MS)
    runs += 1
    const watched = other === null ? [device] : [device, other]
    const [first, far, near] = await typeLine([own, ...watched], `@${runs}@`, contender.hasNotes)
    const { pressed, shown } = first!
    return [
      after(pressed, shown),
      ...(near ? [after(pressed, near.shown), after(pressed, near.written)] : []),
      after(pressed, far!.shown),
      after(pressed, far!.written),
    ].flatMap(samples => QUANTILES.map(share => quantile(samples, share)))
  })

await endingAll(async later => {
  const contenders: Readonly<Record<string, Contender>> = {
    Holdfast: { app: await startHoldfast(later, { sync: true }), hasNotes: true },
    'the usual way': { app: await startUsualWay(later, { sync: true }), hasNotes: true },
    'the bare limit': { app: await startBare(later, 'keys.html'), hasNotes: false },
  }
  const folder = await folderFor(later)
  const profilesOf = (name: string): readonly [string, string] => [
    join(folder, `${name}, here`),
    join(folder, `${name}, there`),
  ]
  for (const [name, { app, hasNotes }] of Object.entries(contenders))
    if (hasNotes) await prepared(name, app, NOTES, ...profilesOf(name))
  for (const one of CASES) {
    const distances = [
      'own tab, drawn',
      ...(one.tabs > 1 ? ['other tab, drawn', 'other tab, in the page'] : []),
      'other device, drawn',
      'other device, in the page',
    ]
    const questions = distances.flatMap(distance =>
      QUANTILES.map(share => ({
        measure: `key to ${distance}, p${100 * share}`,
        with: { tabs: one.tabs, 'bytes of note': one.bytes },
        unit: 'ms',
        better: 'less' as const,
      })),
    )
    await taking.askAll(
      questions,
      Object.fromEntries(
        Object.entries(contenders).map(([name, contender]) => [
          name,
          () => typeOnce(contender, profilesOf(name), one),
        ]),
      ),
    )
  }
})
taking.finish()
