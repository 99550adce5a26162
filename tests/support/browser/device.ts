import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type BrowserContext,
  type CDPSession,
  type ConsoleMessage,
  chromium,
  type Page,
} from '@playwright/test'
import type { App } from './app.ts'

export interface DeviceOptions {
  /** A profile to go on with; by default a new one, which is removed in the end. */
  readonly profileDir?: string
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly args?: readonly string[]
  /** Whether the browser has shared workers; it does unless this is false. */
  readonly sharedWorker?: boolean
}

/** One browser with a profile of its own: what a person calls a device. */
export interface Device {
  readonly context: BrowserContext
  readonly profileDir: string
  /** A session of the whole browser, for what no page can see. */
  readonly browser: CDPSession
  newPage(): Promise<Page>
  goOffline(): Promise<void>
  goOnline(): Promise<void>
  /** Closes every tab; the browser goes on, as one does in the background. */
  closeTabs(): Promise<void>
  /** What the browser complained about: errors, refused content, exceptions. A story with any of them fails. */
  problems(): readonly string[]
  close(): Promise<void>
  /** Ends the browser between two instructions. */
  kill(): Promise<void>
}

/** What a browser needs to run on a machine for tests, and what keeps it from doing things of its own. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A page of the same origin that is not the app. */
export const besideTheApp = async (device: Device, app: App): Promise<Page> => {
  const page = await device.newPage()
  await page.route('**/favicon.ico', route => route.fulfill({ status: 204 }))
  await page.goto(`${app.url}/icons/icon.svg`)
  return page
}

/** What a browser says of a network that a story broke on purpose. */
const BROKEN_NETWORK =
  /net::ERR_(CONNECTION|INTERNET_DISCONNECTED|NETWORK|EMPTY_RESPONSE|SOCKET|FAILED|ABORTED)/

export const launchDevice = async (app: App, options: DeviceOptions = {}): Promise<Device> => {
  const profileDir = options.profileDir ?? (await mkdtemp(join(tmpdir(), 'holdfast-device-')))
  const home = join(profileDir, 'home')
  const context = await chromium.launchPersistentContext(profileDir, {
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [...BROWSER_FLAGS, ...(options.args ?? [])],
    // An installed app leaves files in the home folder.
    env: {
      ...(process.env as Record<string, string>),
      HOME: home,
      XDG_DATA_HOME: join(home, 'share'),
      LC_ALL: 'C.UTF-8', // without one the browser cannot read files whose names are not ASCII
    },
    locale: 'en-GB',
    viewport: options.viewport ?? { width: 1280, height: 800 },
  })
  if (options.sharedWorker === false)
    await context.addInitScript(() => {
      Reflect.deleteProperty(window, 'SharedWorker')
    })
  const browser = await browserSession(context)
  const problems = collectProblems(context, app)
  let ended = false

  const forget = async () => {
    if (options.profileDir === undefined)
      await rm(profileDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
  return {
    context,
    profileDir,
    browser,
    newPage: async () => {
      const [first] = context.pages()
      return first?.url() === 'about:blank' ? first : context.newPage()
    },
    goOffline: () => context.setOffline(true),
    goOnline: () => context.setOffline(false),
    closeTabs: async () => {
      for (const page of context.pages()) await page.close()
    },
    problems: () => problems,
    close: async () => {
      if (!ended) await context.close()
      ended = true
      await forget()
    },
    kill: async () => {
      ended = true
      const closed = new Promise(resolve => context.once('close', resolve))
      const { processInfo } = await browser.send('SystemInfo.getProcessInfo')
      process.kill(await processId(browser), 'SIGKILL')
      await closed
      // Others of its processes may have the databases open for a moment longer, and no person is quick enough to start
      // the next browser in that time.
      await Promise.all(processInfo.map(({ id }) => whenGone(id)))
    },
  }
}

const browserSession = async (context: BrowserContext): Promise<CDPSession> => {
  const browser = context.browser()
  if (!browser) throw new Error('This browser has no session of its own.')
  return browser.newBrowserCDPSession()
}

const whenGone = async (pid: number): Promise<void> => {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

const processId = async (browser: CDPSession): Promise<number> => {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo')
  const main = processInfo.find(({ type }) => type === 'browser')
  if (!main) throw new Error('The browser does not name its process.')
  return main.id
}

const collectProblems = (context: BrowserContext, app: App): readonly string[] => {
  const problems: string[] = []
  const hear = (where: string) => (message: ConsoleMessage) => {
    if (message.type() !== 'error') return
    if (app.disturbed() && BROKEN_NETWORK.test(message.text())) return
    problems.push(`${where}: ${message.text()} (${message.location().url})`)
  }
  context.on('console', hear('page'))
  context.on('weberror', error => problems.push(`exception: ${error.error().stack ?? error.error().message}`))
  context.on('serviceworker', worker => worker.on('console', hear('service worker')))
  return problems
}
