/**
 * How Holdfast bears thousands of notes, in real Chromium against a real relay: import, the first sync, a start, a note
 * opened, and what a device catches up that was three weeks away. What others take for parts of it stands in starts,
 * memory, bytes and offline. `npm run bench -- many-notes`.
 */
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { type App, startApp } from '../tests/support/browser/app.ts'
import { type Device, launchDevice } from '../tests/support/browser/device.ts'
import {
  expectStored,
  importFrom,
  invite,
  newNote,
  openApp,
  openNote,
  status,
  type,
} from '../tests/support/browser/notes-page.ts'
import { archiveOf } from './support/archive.ts'
import { endingAll, type Later } from './support/ending.ts'
import { folderFor } from './support/folder.ts'
import { openRow, prepare, watchEchoes } from './support/in-page.ts'
import { readOptions } from './support/options.ts'
import { startMarks } from './support/start-marks.ts'
import { median } from './support/statistics.ts'
import { take } from './support/take.ts'
import { workerMemory } from './support/worker-memory.ts'

const options = readOptions({ rounds: 1 })
const SIZES = options.small ? [20] : [200, 2_000]
const BYTES_EACH = options.small ? 1_000 : 10_000
/** Between two bursts of typing: long enough to see that all is synced. */
const PAUSE = { timeout: 700 }
const LONG = { timeout: 300_000 }
/** Here and there in the list. */
const ROWS = options.small ? [9, 3, 7] : [40, 3, 17, 60, 81, 5]
const STARTS = options.small ? 1 : 7
/** A browser that was just started is at work on itself; a person needs longer than this to open a page. */
const SETTLE_MS = 1_000

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** Where the time of a start goes: medians, from the first step to the last. */
const saySteps = (starts: readonly ReadonlyMap<string, number>[]): void => {
  const names = new Set(starts.flatMap(steps => [...steps.keys()]))
  const steps = [...names].map(name => ({ name, at: median(starts.flatMap(all => all.get(name) ?? [])) }))
  for (const { name, at } of steps.sort((a, b) => a.at - b.at))
    console.log(`a start: ${name.padEnd(50)} ${at.toFixed(0)} ms`)
}

const launch = async (app: App, profileDir: string, later: Later): Promise<Device> => {
  const device = await launchDevice(app, { profileDir })
  later(() => device.close())
  await device.context.addInitScript(prepare)
  device.context.setDefaultTimeout(LONG.timeout)
  return device
}

const whenSynced = (page: Page): Promise<void> => expect(status(page)).toContainText(/^\s*Synced/, LONG)

const importArchive = async (page: Page, notes: number, version: number): Promise<void> => {
  const report = await importFrom(page, 'Files to import', archiveOf(notes, BYTES_EACH, version))
  if (!report.includes(notes.toLocaleString('en-GB'))) throw new Error(report)
}

const turnOnSync = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Turn on sync' }).first().click()
  await page.locator('wa-dialog[open]').getByRole('button', { name: 'Turn on sync' }).click()
  await whenSynced(page)
}

/** Imports the notes, sends them, and joins with a second device, which writes a note. */
const begin = (app: App, notes: number, laptopProfile: string, phoneProfile: string) =>
  endingAll(async later => {
    const page = await openApp(await launch(app, laptopProfile, later), app)
    const imported = await seconds(() => importArchive(page, notes, 0))
    const sent = await seconds(() => turnOnSync(page))
    const link = await invite(page)
    const there = await openApp(await launch(app, phoneProfile, later), app, link.slice(app.url.length))
    const joined = await seconds(async () => {
      await there.getByRole('button', { name: 'Join', exact: true }).click()
      await whenSynced(there)
    })
    await newNote(there)
    await type(there, 'Typed on the phone')
    await whenSynced(there)
    await whenSynced(page)
    const before = app.proxy.bytes()
    await app.goOffline()
    for (const each of [page, there]) await expect(status(each)).toContainText('Offline', LONG)
    await app.goOnline()
    for (const each of [page, there]) await whenSynced(each)
    return [imported, sent, joined, (app.proxy.bytes() - before) / 1000]
  })

/** The app in a browser that was closed before, as soon as the list is there. */
const openList = async (app: App, profile: string, later: Later) => {
  const device = await launch(app, profile, later)
  const page = await device.newPage()
  await page.waitForTimeout(SETTLE_MS)
  await page.goto(app.url)
  await page.waitForFunction(() => window.listReady !== undefined)
  return { device, page }
}

/** From the navigation to the first row (ms), with the browser closed before, and the steps of it. */
const startOnce = (app: App, profile: string) =>
  endingAll(async later => {
    const { device, page } = await openList(app, profile, later)
    const listReady = (await page.evaluate(() => window.listReady)) ?? Number.NaN
    await whenSynced(page)
    return new Map([...(await startMarks(device, page)), ['list ready', listReady]])
  })

/** A first note opened and the slowest of five others (ms), worker memory (MB), changed notes imported and sent (s). */
const work = (app: App, notes: number, profile: string) =>
  endingAll(async later => {
    const { device, page } = await openList(app, profile, later)
    await whenSynced(page)
    const opened: number[] = []
    for (const row of ROWS) opened.push(await openRow(page, row))
    const [first, ...others] = opened
    const memory = (await workerMemory(device.browser)) / 1e6
    const imported = await seconds(() => importArchive(page, notes, 1))
    return [first!, Math.max(...others), memory, imported, await seconds(() => whenSynced(page))]
  })

/** Catches up while somebody types: seconds, the longest from a key to its echo (ms), worker memory (MB). */
const catchUp = (app: App, profile: string) =>
  endingAll(async later => {
    const device = await launch(app, profile, later)
    const page = await device.newPage()
    await app.goOffline()
    await page.goto(app.url)
    await openNote(page, 'Typed on the phone')
    await watchEchoes(page)
    await app.goOnline()
    const took = await seconds(async () => {
      for (let isSynced = false; !isSynced; ) {
        await type(page, 'as ever ', 40)
        await expectStored(page)
        isSynced = await expect(status(page))
          .toContainText(/^\s*Synced/, PAUSE)
          .then(
            () => true,
            () => false,
          )
      }
    })
    const echoes = (await page.evaluate(() => window.echoes)) ?? []
    return [took, Math.max(...echoes), (await workerMemory(device.browser)) / 1e6]
  })

const measure = (notes: number): Promise<readonly number[]> =>
  endingAll(async later => {
    const app = await startApp()
    later(() => app.close())
    const folder = await folderFor(later)
    const [laptop, phone] = [join(folder, 'laptop'), join(folder, 'phone')]
    const begun = await begin(app, notes, laptop, phone)
    const starts: ReadonlyMap<string, number>[] = []
    while (starts.length < STARTS) starts.push(await startOnce(app, laptop))
    saySteps(starts)
    const listReady = median(starts.map(steps => steps.get('list ready')!))
    const worked = await work(app, notes, laptop)
    return [...begun, listReady, ...worked, ...(await catchUp(app, phone))]
  })

const taking = take('many-notes', options, {})
for (const notes of SIZES)
  await taking.askAll(
    (
      [
        ['notes are imported', 's'],
        ['they are sent to a relay for the first time', 's'],
        ['a second device joins and has them', 's'],
        ['a reconnect of two devices with nothing changed', 'KB'],
        ['a start, to the list', 'ms'],
        ['the first note opens after a start', 'ms'],
        ['a note opens, the slowest of some others', 'ms'],
        ['worker memory with a few notes open', 'MB'],
        ['all notes are imported again, changed', 's'],
        ['… and then sent', 's'],
        ['a device that missed this catches up', 's'],
        ['longest from a key to its echo meanwhile', 'ms'],
        ['worker memory after it', 'MB'],
      ] as const
    ).map(([measure, unit]) => ({ measure, unit, with: { notes }, better: 'less' })),
    { Holdfast: () => measure(notes) },
  )
taking.finish()
