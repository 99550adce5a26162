import {
  cleanupOutdatedCaches,
  PrecacheController,
  type PrecacheEntry,
  PrecacheRoute,
} from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { addStartRoutes, forgetOldStarts, keepForStart } from './start-routes.ts'

/**
 * Serves the app itself from the cache of its build, so that it starts without a network. Only the app's own page is
 * answered for; every other address goes to the network as if no service worker were there.
 */
export const serveAppShell = (
  scope: ServiceWorkerGlobalScope,
  manifest: (PrecacheEntry | string)[],
  built: boolean,
): void => {
  cleanupOutdatedCaches()
  const precache = new PrecacheController()
  precache.addToCacheList(manifest)
  scope.addEventListener('install', event => {
    const install = precache.install(event)
    // While developing there is nothing to start from but the server.
    if (!built) return
    event.waitUntil(install.then(() => keepForStart(precache, caches)))
    addStartRoutes(event, precache)
  })
  scope.addEventListener('activate', event => {
    void precache.activate(event)
    event.waitUntil(forgetOldStarts(precache, caches))
  })
  // The relay's paths have no business with file names.
  registerRoute(new PrecacheRoute(precache, { cleanURLs: false }))
  // While developing there is no built page to bind to.
  if (!built) return
  const page = precache.createHandlerBoundToURL('index.html')
  registerRoute(new NavigationRoute(page, { allowlist: [/^\/(\?|$)/] }))
}
