import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import { type App, startApp } from './app.ts'
import { type Device, type DeviceOptions, launchDevice } from './device.ts'

export interface BrowserKind {
  /** False for a browser like an older Android WebView, in which one tab hosts the worker for all. */
  readonly sharedWorker: boolean
}

interface Rig extends BrowserKind {
  /** For files, and for browser profiles that outlive their browser. */
  readonly folder: string
  readonly app: App
  /** A new device, closed after the story. It must not have complained about anything. */
  readonly device: (options?: DeviceOptions) => Promise<Device>
}

export const story = base.extend<Rig>({
  sharedWorker: [true, { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
  app: async ({}, use) => {
    const app = await startApp()
    await use(app)
    await app.close()
  },
  // biome-ignore lint/correctness/noEmptyPattern: as above
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-story-'))
    await use(folder)
    // A browser that was just killed may still have a child that writes.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  },
  // It asks for the folder so that every browser has ended before the folder goes.
  device: async ({ app, sharedWorker, folder: _ }, use) => {
    const devices: Device[] = []
    await use(async options => {
      const device = await launchDevice(app, { sharedWorker, ...options })
      devices.push(device)
      return device
    })
    const problems = devices.flatMap(device => device.problems())
    for (const device of devices) await device.close()
    expect(problems, 'the browser complained about nothing').toEqual([])
  },
})

export { expect }
