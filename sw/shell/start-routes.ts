/**
 * The app's own files straight from the cache where the browser can do that by itself: starting this service worker
 * first, only to have it say the same, would be the longest single wait of a cold start.
 *
 * The browser looks a file up by its plain address, and the precache keeps those without a hash in their names under
 * others. So a copy of them is kept, in a cache for this build alone: a build that still waits must not answer.
 */
interface Precache {
  readonly strategy: { readonly cacheName: string }
  getCachedURLs(): string[]
  getCacheKeyForURL(url: string): string | undefined
}

/** In no type library yet; Chromium has it. */
interface RouteEvent {
  addRoutes?(routes: readonly StaticRoute[]): Promise<void>
}

interface StaticRoute {
  readonly condition: {
    readonly urlPattern: { readonly pathname: string; readonly search: string }
    readonly requestMethod: 'GET'
  }
  readonly source: { readonly cacheName: string }
}

const PREFIX = 'holdfast-start-'
const PAGE = '/index.html'

const pathOf = (url: string): string => new URL(url).pathname
const isHashed = (url: string, precache: Precache): boolean => precache.getCacheKeyForURL(url) === url

/** Named by the worker's script, which differs in every build. */
const startCache = (precache: Precache): string => {
  const key = precache.getCacheKeyForURL('/worker.js')
  return `${PREFIX}${key === undefined ? '' : new URL(key).search}`
}

/** Paths as they are asked for, with the addresses that the precache keeps them under. */
const copies = (precache: Precache): readonly (readonly [path: string, key: string])[] =>
  precache
    .getCachedURLs()
    .filter(url => !isHashed(url, precache))
    .map(url => [pathOf(url) === PAGE ? '/' : pathOf(url), precache.getCacheKeyForURL(url)!] as const)

/** To be called within the event that installs the service worker. */
export const addStartRoutes = (event: ExtendableEvent & RouteEvent, precache: Precache): void => {
  if (!event.addRoutes) return
  const route = (pathname: string, cacheName: string): StaticRoute => ({
    condition: { urlPattern: { pathname, search: '' }, requestMethod: 'GET' },
    source: { cacheName },
  })
  const hashed = precache.getCachedURLs().filter(url => isHashed(url, precache))
  const routes = [
    ...copies(precache).map(([path]) => route(path, startCache(precache))),
    ...hashed.map(url => route(pathOf(url), precache.strategy.cacheName)),
  ]
  event.waitUntil(event.addRoutes(routes))
}

/** Copies what was just put into the precache; an installation without it must fail, for nothing else is asked then. */
export const keepForStart = async (precache: Precache, storage: CacheStorage): Promise<void> => {
  const [from, to] = await Promise.all([
    storage.open(precache.strategy.cacheName),
    storage.open(startCache(precache)),
  ])
  await Promise.all(
    copies(precache).map(async ([path, key]) => {
      const kept = await from.match(key)
      if (!kept) throw new Error(`The precache has no ${path}.`)
      await to.put(path, kept)
    }),
  )
}

export const forgetOldStarts = async (precache: Precache, storage: CacheStorage): Promise<void> => {
  const own = startCache(precache)
  const old = (await storage.keys()).filter(name => name.startsWith(PREFIX) && name !== own)
  await Promise.all(old.map(name => storage.delete(name)))
}
