import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Locator, Page } from '@playwright/test'
import pino from 'pino'
import { build } from 'vite'
import { readConfig } from '../../../server/config.ts'
import { type Running, start } from '../../../server/start.ts'
import type { App } from './app.ts'

const project = fileURLToPath(new URL('../../..', import.meta.url))

/**
 * Waits until the browser looks for new versions at all. Chromium puts every look off until a page that is seen has
 * loaded and come to rest, and for three minutes at most; on a busy machine the app may take as long. A page beside the
 * app has nothing to do and rests at once.
 */
export const browserLooksForVersions = (beside: Page): Promise<void> =>
  beside.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    await registration.update()
  })

/**
 * Builds the app under another build id into a folder of its own, and puts a relay that serves it in the place of the
 * app's relay, with the same database.
 */
export const deployNewVersion = async (app: App, folder: string, id: string): Promise<Running> => {
  const outDir = join(folder, `dist-${id}`)
  await build({
    root: project,
    configFile: join(project, 'vite.config.ts'),
    define: { __BUILD__: JSON.stringify(id) },
    build: { outDir },
    logLevel: 'silent',
  })
  const settings = {
    HOST: '127.0.0.1',
    PORT: '0',
    HOLDFAST_DATA: app.dataDir(),
    HOLDFAST_PUBLIC_URL: app.url,
    HOLDFAST_REQUESTS_PER_MINUTE: '1000000',
  }
  const config = readConfig(settings, project)
  if (!config.ok) throw new Error(config.error.message)
  await app.killRelay()
  const relay = await start(config.value, outDir, pino({ level: 'silent' }))
  const [address = ''] = relay.addresses
  app.proxy.leadTo(Number(new URL(address).port))
  return relay
}

export const reloadButton = (page: Page): Locator =>
  page.getByRole('region', { name: 'Update' }).getByRole('button', { name: 'Reload' })

/** Whether the page's own code is of this build, which is written into one of the scripts that it loaded. */
export const runsBuild = (page: Page, build: string): Promise<boolean> =>
  page.evaluate(async id => {
    const scripts = performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .filter(name => /\/assets\/.*\.js$/.test(name))
    const codes = await Promise.all([...new Set(scripts)].map(async script => (await fetch(script)).text()))
    return codes.some(code => code.includes(id))
  }, build)
