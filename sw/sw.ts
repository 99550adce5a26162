/// <reference types="workbox-background-sync" />
import { clientsClaim } from 'workbox-core'
import type { PrecacheEntry } from 'workbox-precaching'
import { OUTBOX_CHANNEL, OUTBOX_PATH, type OutboxReport, SYNC_TAG } from '../protocol/outbox.ts'
import { askForSync } from './outbox/background-sync.ts'
import { createDelivery } from './outbox/delivery.ts'
import { readSigningKeys } from './outbox/device-keys.ts'
import { createOutbox } from './outbox/outbox.ts'
import { createOutboxHttp } from './outbox/outbox-http.ts'
import { openOutboxStore } from './outbox/outbox-store.ts'
import { createBadgeKeeper } from './shell/app-badge.ts'
import { serveAppShell } from './shell/app-shell.ts'
import { takeOverWhenAsked } from './shell/take-over.ts'
import { createPortBroker } from './tabs/port-broker.ts'

declare const self: ServiceWorkerGlobalScope & {
  readonly __WB_MANIFEST: (PrecacheEntry | string)[]
}

serveAppShell(self, self.__WB_MANIFEST, import.meta.env.PROD)
clientsClaim()
takeOverWhenAsked(self)

const DELIVERY_TIMEOUT_MS = 60_000

const keepBadge = createBadgeKeeper({
  tabs: async () => (await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).length,
  badge: self.navigator,
})
const reports = new BroadcastChannel(OUTBOX_CHANNEL)
const store = openOutboxStore()
const outbox = createOutbox({
  store,
  deliver: createDelivery({
    fetch: (...args) => fetch(...args),
    keys: () => readSigningKeys(indexedDB),
    now: () => Date.now(),
    timeoutMs: DELIVERY_TIMEOUT_MS,
  }),
  report: (report: OutboxReport) => {
    reports.postMessage(report)
    if (report.type === 'waiting') void keepBadge(report.entries)
  },
  now: () => Date.now(),
  exclusively: task => navigator.locks.request('holdfast-outbox', task),
})

/** For drains that nobody waits for: the entries stay, and the next wake-up tries again. */
const drainOrSay = async (): Promise<void> => {
  try {
    await outbox.drain()
  } catch (error) {
    console.error('The outbox could not be read.', (error as Error).name)
  }
}

self.addEventListener('fetch', event => {
  const url = new URL(event.request.url)
  const own = url.origin === self.location.origin && url.pathname.startsWith(OUTBOX_PATH)
  // A page elsewhere can make the browser open an address here, but not fetch it in this app's name.
  if (!own || event.request.mode === 'navigate') return
  const answer = createOutboxHttp({
    store,
    askForSync: () => askForSync(self.registration),
    drainSoon: () => event.waitUntil(drainOrSay()),
  })
  event.respondWith(answer(event.request))
})

self.addEventListener('sync', event => {
  if (event.tag !== SYNC_TAG) return
  event.waitUntil(
    outbox.drain().then(({ entries, held }) => {
      // The browser tries again later only when this fails.
      if (entries > held) throw new Error('Some changes still wait for their relay.')
    }),
  )
})

const broker = createPortBroker({
  tabs: () => self.clients.matchAll({ type: 'window', includeUncontrolled: true }),
})
self.addEventListener('message', event => {
  event.waitUntil(broker(event.data, event.source as Client | null, event.ports))
})

// Browsers without Background Sync, and tags that could not be registered, deliver whenever this script runs.
void drainOrSay()
