import { Workbox } from 'workbox-window'

interface ServiceWorkerEvents {
  /** A new version is installed and waits. */
  onWaiting(): void
  /** Another version than the one that this page was loaded with has taken over. */
  onTakenOver(): void
}

export interface AppServiceWorker {
  skipWaiting(): void
  /** Looks for a new version now. By itself the browser does so when the app is opened, and an app may stay open. */
  look(): Promise<void>
  /** Resolves with the registration once a service worker is active; never where there are none. */
  readonly ready: Promise<ServiceWorkerRegistration>
}

export const registerServiceWorker = (
  script: { readonly url: string; readonly type: WorkerType },
  { onWaiting, onTakenOver }: ServiceWorkerEvents,
): AppServiceWorker => {
  const { serviceWorker } = navigator
  // Private windows and old WebViews have none: the app then works as long as it is open.
  if (!serviceWorker) return { skipWaiting: () => {}, look: async () => {}, ready: new Promise(() => {}) }
  const workbox = new Workbox(script.url, { scope: '/', type: script.type })
  // The first one ever takes over a page that it did not load; that is no update.
  let controlled = serviceWorker.controller !== null
  serviceWorker.addEventListener('controllerchange', () => {
    if (controlled) onTakenOver()
    controlled = true
  })
  workbox.addEventListener('waiting', onWaiting)
  workbox.register().catch((error: unknown) => console.error('The service worker was not registered.', error))
  const look = async () => {
    try {
      await (await serviceWorker.getRegistration('/'))?.update()
    } catch {
      // Its server is out of reach: there is a next time, and nothing that the person could do.
    }
  }
  return { skipWaiting: () => workbox.messageSkipWaiting(), look, ready: serviceWorker.ready }
}
