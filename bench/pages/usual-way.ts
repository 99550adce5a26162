import { startProxy } from '../../tests/support/browser/proxy.ts'
import { createYjsServer } from '../../tests/support/yjs-server.ts'
import type { Later } from '../support/ending.ts'
import { servePages } from './built-pages.ts'
import { fillProfile } from './fill-profile.ts'
import type { PageApp } from './page-app.ts'

/** The usual way with a Yjs server, or alone. `oneDocument`: all notes in one Y.Doc instead of one for each. */
export const startUsualWay = async (
  later: Later,
  { sync, oneDocument = false }: { sync: boolean; oneDocument?: boolean },
): Promise<PageApp> => {
  const pages = await servePages('usual-way', later)
  const asked = new URLSearchParams(oneDocument ? { one: '' } : {})
  const network = [pages]
  if (sync) {
    const server = await createYjsServer()
    later(() => server.kill())
    const toServer = await startProxy()
    later(() => toServer.close())
    toServer.leadTo(Number(new URL(server.url).port))
    network.push(toServer)
    asked.set('server', toServer.url.replace('http', 'ws'))
  }
  const url = `${pages.url}/?${asked}`
  return {
    url,
    prepare: async (notes, profile, ...others) => {
      await fillProfile(profile, url, notes)
      for (const other of others) await fillProfile(other, url, [])
    },
    bytes: () => network.reduce((sum, proxy) => sum + proxy.bytes(), 0),
    goOffline: async () => void (await Promise.all(network.map(proxy => proxy.cut()))),
    goOnline: async () => void (await Promise.all(network.map(proxy => proxy.restore()))),
  }
}
