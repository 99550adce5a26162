/**
 * How Holdfast bears thousands of notes, in real Chromium against a real relay. Build the app first, then
 * `node bench/many-notes.ts [notes, 2000] [bytes of each, 10000]`. Each line is printed as soon as it is measured.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
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
import { openRow, prepare, watchEchoes } from './support/in-page.ts'
import { startMarks } from './support/start-marks.ts'
import { workerMemory } from './support/worker-memory.ts'

const [notes = 2_000, size = 10_000] = process.argv.slice(2).map(Number)
/** Between two bursts of typing: long enough to see that all is synced. */
const PAUSE = { timeout: 700 }
const LONG = { timeout: 300_000 }
const STARTS = 7
/** A browser that was just started is at work on itself; a person needs longer than this to open a page. */
const SETTLE_MS = 1_000

const say = (what: string, value: number, unit: string): void =>
  console.log(`${what.padEnd(64)} ${value.toFixed(value < 10 ? 1 : 0).padStart(9)} ${unit}`)

const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  const began = performance.now()
  const result = await work()
  say(what, (performance.now() - began) / 1000, 's')
  return result
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Where the time of a start goes: medians, from the first step to the last. */
const saySteps = (starts: readonly ReadonlyMap<string, number>[]): void => {
  const names = new Set(starts.flatMap(steps => [...steps.keys()]))
  const steps = [...names].map(name => ({ name, at: median(starts.flatMap(all => all.get(name) ?? [])) }))
  for (const { name, at } of steps.sort((a, b) => a.at - b.at)) say(`a start: ${name}`, at, 'ms')
}

const launch = async (app: App, profileDir: string): Promise<Device> => {
  const device = await launchDevice(app, { profileDir })
  await device.context.addInitScript(prepare)
  device.context.setDefaultTimeout(LONG.timeout)
  return device
}

const whenSynced = (page: Page): Promise<void> => expect(status(page)).toContainText(/^\s*Synced/, LONG)

const importArchive = async (page: Page, version: number): Promise<void> => {
  const report = await importFrom(page, 'Files to import', archiveOf(notes, size, version))
  if (!report.includes(notes.toLocaleString('en-GB'))) throw new Error(report)
}

const bytesOf = async (app: App, work: () => Promise<void>): Promise<number> => {
  const before = app.proxy.bytes()
  await work()
  return app.proxy.bytes() - before
}

const measure = async (app: App, folder: string): Promise<void> => {
  const laptopProfile = join(folder, 'laptop')
  const phoneProfile = join(folder, 'phone')
  let laptop = await launch(app, laptopProfile)
  let page = await openApp(laptop, app)
  await timed(`import ${notes} notes of ${size} bytes`, () => importArchive(page, 0))
  await timed('send them to a relay', async () => {
    await page.getByRole('button', { name: 'Turn on sync' }).first().click()
    await page.locator('wa-dialog[open]').getByRole('button', { name: 'Turn on sync' }).click()
    await whenSynced(page)
  })

  const link = await invite(page)
  let phone = await launch(app, phoneProfile)
  let there = await openApp(phone, app, link.slice(app.url.length))
  await timed('join with a second device', async () => {
    await there.getByRole('button', { name: 'Join', exact: true }).click()
    await whenSynced(there)
  })
  await newNote(there)
  await type(there, 'Typed on the phone')
  await whenSynced(there)
  await phone.close()
  await whenSynced(page)

  const idle = await bytesOf(app, async () => {
    await app.goOffline()
    await expect(status(page)).toContainText('Offline', LONG)
    await app.goOnline()
    await whenSynced(page)
  })
  say('a reconnect with nothing changed', idle / 1000, 'KB')
  await laptop.close()

  const starts: ReadonlyMap<string, number>[] = []
  for (let count = 0; ; count++) {
    laptop = await launch(app, laptopProfile)
    page = await laptop.newPage()
    if (count > 0) await page.waitForTimeout(SETTLE_MS)
    await page.goto(app.url)
    await page.waitForFunction(() => window.listReady !== undefined)
    const listReady = (await page.evaluate(() => window.listReady)) ?? Number.NaN
    await whenSynced(page)
    if (count === 0) say('list ready, in a browser just started', listReady, 'ms')
    else starts.push(new Map([...(await startMarks(laptop, page)), ['list ready', listReady]]))
    if (starts.length === STARTS) break
    await laptop.close()
  }
  saySteps(starts)
  const opened: number[] = []
  for (const row of [40, 3, 17, 60, 81, 5]) opened.push(await openRow(page, row))
  const [first = 0, ...others] = opened
  say('a note opens, the very first', first, 'ms')
  say('a note opens, the slowest of five others', Math.max(...others), 'ms')
  say('worker memory with these notes open', (await workerMemory(laptop.browser)) / 1e6, 'MB')

  await timed(`import ${notes} changed notes`, () => importArchive(page, 1))
  await timed('… and send them', () => whenSynced(page))

  phone = await launch(app, phoneProfile)
  there = await phone.newPage()
  await app.goOffline()
  await there.goto(app.url)
  await openNote(there, 'Typed on the phone')
  await watchEchoes(there)
  await app.goOnline()
  const said = new Set<string>()
  await timed('a device three weeks away catches up', async () => {
    let isSynced = false
    while (!isSynced) {
      await type(there, 'as ever ', 40)
      await expectStored(there)
      said.add((await status(there).textContent()) ?? '')
      isSynced = await expect(status(there))
        .toContainText(/^\s*Synced/, PAUSE)
        .then(
          () => true,
          () => false,
        )
    }
  })
  const echoes = (await there.evaluate(() => window.echoes)) ?? []
  say('… keys typed meanwhile', echoes.length, '')
  say('… longest from a key to its echo', Math.max(...echoes), 'ms')
  say('… different words of progress', said.size, '')
  say('worker memory after it', (await workerMemory(phone.browser)) / 1e6, 'MB')
  await phone.close()
  await laptop.close()
}

const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
const app = await startApp()
try {
  await measure(app, folder)
} finally {
  await app.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}
