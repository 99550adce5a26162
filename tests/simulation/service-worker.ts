import { QueueStore } from 'workbox-background-sync/QueueStore.js'
import { OUTBOX_CHANNEL } from '../../protocol/outbox.ts'
import { createDelivery } from '../../sw/outbox/delivery.ts'
import { readSigningKeys } from '../../sw/outbox/device-keys.ts'
import { createOutbox } from '../../sw/outbox/outbox.ts'
import { createOutboxHttp } from '../../sw/outbox/outbox-http.ts'
import { createOutboxStore, type OutboxStore } from '../../sw/outbox/outbox-store.ts'
import type { Fetch } from '../../worker/sync/relay/relay-http.ts'

/** One life of the real service worker's outbox. It has to be made by the process that it is. */
export interface ServiceWorkerLife {
  answer(request: Request): Promise<Response>
  /** What a `sync` event does; says how much is left. */
  sync(): Promise<number>
}

const DELIVERY_TIMEOUT_MS = 60_000

export const createServiceWorkerLife = (deps: {
  readonly fetch: Fetch
  /** Resolves when a tag is registered. */
  readonly askForSync: () => Promise<void>
  /** Counts what becomes of entries. */
  readonly count: (what: string) => void
}): ServiceWorkerLife => {
  const reports = new BroadcastChannel(OUTBOX_CHANNEL)
  const queue = createOutboxStore(new QueueStore('holdfast-outbox'))
  const held = new Set<string>()
  const store: OutboxStore = {
    ...queue,
    put: async (id, request) => {
      await queue.put(id, request)
      deps.count(held.has(id) ? 'outbox entry replaced' : 'outbox entry written')
      held.add(id)
    },
  }
  const outbox = createOutbox({
    store,
    deliver: createDelivery({
      fetch: deps.fetch as typeof fetch,
      keys: () => readSigningKeys(indexedDB),
      now: () => Date.now(),
      timeoutMs: DELIVERY_TIMEOUT_MS,
    }),
    report: report => {
      deps.count(`outbox entry ${report.type}`)
      reports.postMessage(report)
    },
    now: () => Date.now(),
    exclusively: task => task(), // a device has one service worker at a time here
  })
  const drain = async (): Promise<number> => (await outbox.drain()).entries
  /** For drains that nobody waits for: the entries stay, and the next one tries again. */
  const drainSoon = (): void => void drain().catch(() => {})
  const answer = createOutboxHttp({ store, askForSync: deps.askForSync, drainSoon })
  drainSoon()
  return { answer, sync: drain }
}
