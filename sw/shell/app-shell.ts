import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

/**
 * Serves the app itself from the cache of its build, so that it starts without a network. Only the app's own page is
 * answered for; every other address goes to the network as if no service worker were there.
 */
export const serveAppShell = (manifest: Parameters<typeof precacheAndRoute>[0], built: boolean): void => {
  cleanupOutdatedCaches()
  precacheAndRoute(manifest, {
    // The relay's paths have no business with file names.
    cleanURLs: false,
  })
  // While developing there is no built page to bind to.
  if (built) {
    registerRoute(new NavigationRoute(createHandlerBoundToURL('index.html'), { allowlist: [/^\/(\?|$)/] }))
  }
}
