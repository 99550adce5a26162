import { test as base, expect } from '@playwright/test'
import { type App, startApp } from './app.ts'
import { type Device, type DeviceOptions, launchDevice } from './device.ts'

interface Rig {
  readonly app: App
  /** A new device, closed after the story. It must not have complained about anything. */
  readonly device: (options?: DeviceOptions) => Promise<Device>
}

export const story = base.extend<Rig>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
  app: async ({}, use) => {
    const app = await startApp()
    await use(app)
    await app.close()
  },
  device: async ({ app }, use) => {
    const devices: Device[] = []
    await use(async options => {
      const device = await launchDevice(app, options)
      devices.push(device)
      return device
    })
    const problems = devices.flatMap(device => device.problems())
    for (const device of devices) await device.close()
    expect(problems, 'the browser complained about nothing').toEqual([])
  },
})

export { expect }
