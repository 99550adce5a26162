import { expect, test } from 'vitest'
import { addStartRoutes, forgetOldStarts, keepForStart } from '../../sw/shell/start-routes.ts'

const PRECACHE = 'workbox-precache-v2-'
const AT = 'http://localhost'

/** Cache Storage as far as it is used here: texts by cache and address. */
const memoryCaches = (content: Record<string, Record<string, string>>) => {
  const all = new Map(Object.entries(content).map(([name, files]) => [name, new Map(Object.entries(files))]))
  const storage = {
    open: async (name: string) => {
      const cache = all.get(name) ?? new Map<string, string>()
      all.set(name, cache)
      return {
        match: async (address: string) => cache.get(address),
        put: async (address: string, text: string) => void cache.set(address, text),
      }
    },
    keys: async () => [...all.keys()],
    delete: async (name: string) => all.delete(name),
  } as unknown as CacheStorage
  return { storage, all }
}

const KEYS = new Map([
  [`${AT}/index.html`, `${AT}/index.html?__WB_REVISION__=1`],
  [`${AT}/worker.js`, `${AT}/worker.js?__WB_REVISION__=2`],
  [`${AT}/assets/start-app-abc.js`, `${AT}/assets/start-app-abc.js`],
])
const precache = {
  strategy: { cacheName: PRECACHE },
  getCachedURLs: () => [...KEYS.keys()],
  getCacheKeyForURL: (url: string) => KEYS.get(new URL(url, AT).href),
}
const OWN = 'holdfast-start-?__WB_REVISION__=2'
const FILES = {
  [`${AT}/index.html?__WB_REVISION__=1`]: 'page',
  [`${AT}/worker.js?__WB_REVISION__=2`]: 'worker',
}

test('what has no hash in its name is kept once more, under the address that is asked for', async () => {
  const { storage, all } = memoryCaches({ [PRECACHE]: FILES })
  await keepForStart(precache, storage)
  expect(Object.fromEntries(all.get(OWN)!)).toEqual({ '/': 'page', '/worker.js': 'worker' })
})

test('an installation that cannot keep all of it fails, for nothing else would be asked', async () => {
  const { storage } = memoryCaches({ [PRECACHE]: { [`${AT}/worker.js?__WB_REVISION__=2`]: 'worker' } })
  await expect(keepForStart(precache, storage)).rejects.toThrow('/')
})

test('each file is routed to the cache that has it under its plain address', () => {
  const added: unknown[] = []
  const event = {
    waitUntil: () => undefined,
    addRoutes: async (routes: readonly unknown[]) => void added.push(...routes),
  }
  addStartRoutes(event as unknown as ExtendableEvent, precache)
  const route = (pathname: string, cacheName: string) => ({
    condition: { urlPattern: { pathname, search: '' }, requestMethod: 'GET' },
    source: { cacheName },
  })
  expect(added).toEqual([
    route('/', OWN),
    route('/worker.js', OWN),
    route('/assets/start-app-abc.js', PRECACHE),
  ])
})

test('a browser without static routes asks the service worker, as ever', () => {
  const event = { waitUntil: () => expect.unreachable() } as unknown as ExtendableEvent
  expect(() => addStartRoutes(event, precache)).not.toThrow()
})

test('copies for other builds go, other caches stay', async () => {
  const { storage, all } = memoryCaches({ [PRECACHE]: FILES, 'holdfast-start-old': {}, [OWN]: {} })
  await forgetOldStarts(precache, storage)
  expect([...all.keys()]).toEqual([PRECACHE, OWN])
})
