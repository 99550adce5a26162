import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { startProxy } from '../../tests/support/browser/proxy.ts'
import type { Later } from '../support/ending.ts'
import { servePages } from './built-pages.ts'
import { fillProfile } from './fill-profile.ts'
import type { PageApp } from './page-app.ts'

const startSockets = async (later: Later): Promise<number> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'bare', 'sockets.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  later(() => child.kill())
  const [port] = (await once(child.stdout!, 'data')) as [Buffer]
  return Number(port)
}

/** A page that does as little as can be: `page` is one of bench/bare. */
export const startBare = async (later: Later, page: string): Promise<PageApp> => {
  const pages = await servePages('bare', later)
  const sockets = await startProxy()
  later(() => sockets.close())
  sockets.leadTo(await startSockets(later))
  const address = new URL(page, `${pages.url}/`)
  address.searchParams.set('server', sockets.url.replace('http', 'ws'))
  const url = String(address)
  return {
    url,
    prepare: async (notes, ...profiles) => {
      for (const profile of profiles) await fillProfile(profile, url, notes)
    },
    bytes: () => pages.bytes() + sockets.bytes(),
    goOffline: async () => void (await Promise.all([pages.cut(), sockets.cut()])),
    goOnline: async () => void (await Promise.all([pages.restore(), sockets.restore()])),
  }
}
