import 'fake-indexeddb/auto'
import { AsyncLocalStorage } from 'node:async_hooks'
import { IDBFactory } from 'fake-indexeddb'
import type { Intent, Outcomes } from '../../protocol/commands.ts'
import type { WorkspaceId } from '../../protocol/ids.ts'
import type { LockScreen } from '../../protocol/lock.ts'
import type { Result } from '../../protocol/result.ts'
import { TAB_PROTOCOL } from '../../protocol/version.ts'
import type { TabMessage, ViewMessage } from '../../protocol/view-messages.ts'
import type { ViewName, ViewRequest, Views } from '../../protocol/views.ts'
import { createApp } from '../../worker/app/app.ts'
import { createLockableApp } from '../../worker/lock/lockable-app.ts'
import { type Clock, systemClock } from '../../worker/platform/clock.ts'
import { systemRandom } from '../../worker/platform/random.ts'
import type { OpenRelaySocket } from '../../worker/platform/relay-socket.ts'
import { type DeviceStore, openDeviceStore } from '../../worker/storage/device-store.ts'
import { allDocumentDatabases, documentDatabases } from '../../worker/storage/document-databases.ts'
import type { Fetch } from '../../worker/sync/relay/relay-http.ts'
import { must } from '../worker/notes/setup.ts'

/** What a browser keeps of one device while workers come and go. */
export type DeviceDisk = IDBFactory

export const newDisk = (): DeviceDisk => new IDBFactory()

/** Several devices may run at once: whatever one of them does finds its own disk. */
const disks = new AsyncLocalStorage<DeviceDisk>()
let latest = globalThis.indexedDB
Object.defineProperty(globalThis, 'indexedDB', {
  configurable: true,
  get: () => disks.getStore() ?? latest,
  set: disk => {
    latest = disk
  },
})

interface Tab {
  /** Resolves with what a view says as soon as it is as described. */
  see<V extends ViewName>(
    request: Extract<ViewRequest, { view: V }>,
    isSo: (value: Views[V]['value']) => boolean,
  ): Promise<Views[V]['value']>
  close(): void
}

/** The whole worker on a disk of its own, without a browser. The same disk again is the same device after a restart. */
export const startWorkerApp = (disk: DeviceDisk, more: Surroundings = {}) => {
  globalThis.indexedDB = disk
  return disks.run(disk, () => startOn(disk, more))
}

interface Surroundings {
  readonly store?: (store: DeviceStore) => DeviceStore
  readonly fetch?: Fetch
  readonly clock?: Clock
  readonly openSocket?: OpenRelaySocket
  /** Where the app is from. */
  readonly origin?: string
}

const startOn = async (disk: DeviceDisk, more: Surroundings) => {
  const opened = await openDeviceStore()
  const store = more.store?.(opened) ?? opened
  const clock = more.clock ?? systemClock
  const asked: string[] = []
  const offline: Fetch = async address => {
    asked.push(address)
    throw new TypeError('There is no network here.')
  }
  let ended = () => {}
  const end = new Promise<void>(resolve => {
    ended = resolve
  })
  const surroundings = { locks: { free: () => new Promise<void>(() => {}) }, build: 'test' }
  const told: string[] = []
  const livesOver: string[] = []
  let lives = 0
  const app = must(
    await createLockableApp({
      store,
      clock,
      ...surroundings,
      openApp: how =>
        createApp({
          ...how,
          ...surroundings,
          store,
          foundDocuments: () => documentDatabases(disk),
          clock,
          random: systemRandom,
          fetch: more.fetch ?? offline,
          openSocket:
            more.openSocket ??
            (() => {
              throw new Error('No socket is opened here.')
            }),
          freeSpace: async () => null,
          origin: more.origin ?? 'https://app.test',
        }),
      beginLife: async () => {
        const epoch = `life ${++lives}`
        return { epoch, end: () => void livesOver.push(epoch) }
      },
      databases: () => allDocumentDatabases(store, disk),
      tellLocking: () => void told.push('locking'),
      end: ended,
    }),
  )
  let commands = 0
  const ask = <I extends Intent>(
    intent: I,
    workspace?: WorkspaceId,
    id = `command ${++commands}`,
  ): Promise<Result<Outcomes[I['type']]>> =>
    disks.run(disk, () => app.api.run({ id, intent, ...(workspace !== undefined && { workspace }) }))

  const openTab = (): Promise<Tab> => disks.run(disk, connectTab)

  const connectTab = async (): Promise<Tab> => {
    const { port1, port2 } = new MessageChannel()
    must(await app.api.connect({ protocol: TAB_PROTOCOL, build: 'test', lock: 'tab' }, port2))
    let watches = 0
    const inbox = new Map<number, (message: ViewMessage) => void>()
    port1.onmessage = ({ data }: { readonly data: ViewMessage }) => inbox.get(data.watch)?.(data)
    const say = (message: TabMessage): void => port1.postMessage(message)
    return {
      see: (request, isSo) =>
        new Promise((resolve, reject) => {
          const watch = ++watches
          inbox.set(watch, message => {
            if (message.type === 'unavailable') {
              inbox.delete(watch)
              reject(new Error(message.code))
            } else if (message.type !== 'snapshot') say({ type: 'reset', watch })
            else if (isSo(message.value as never)) {
              inbox.delete(watch)
              say({ type: 'unwatch', watch })
              resolve(message.value as never)
            } else say({ type: 'received', watch })
          })
          say({ type: 'watch', watch, request })
        }),
      close: () => port1.close(),
    }
  }

  /** What a tab that connects now is shown instead of the notes, as it comes. */
  const lockScreens = async (): Promise<LockScreen[]> => {
    const { port1, port2 } = new MessageChannel()
    const hello = must(await app.api.connect({ protocol: TAB_PROTOCOL, build: 'test', lock: 'tab' }, port2))
    const shown: LockScreen[] = []
    if (!hello.lockScreen) return shown
    await new Promise<void>(resolve => {
      port1.onmessage = ({ data }) => {
        shown.push(data as LockScreen)
        resolve()
      }
    })
    return shown
  }

  return {
    store,
    ask,
    unlock: app.api.unlock,
    lockScreens,
    /** What tabs were told at once. */
    told,
    /** Lives whose lock is free. */
    livesOver,
    /** Resolves when the worker has ended. */
    ended: end,
    openTab,
    /** Addresses that were asked for. */
    asked,
    /** As when another build takes over: everything is stored and let go. */
    stop: (): Promise<void> =>
      disks.run(disk, async () => {
        must(await app.api.retire())
        await end
      }),
  }
}

export type WorkerApp = Awaited<ReturnType<typeof startWorkerApp>>

/** What the workspaces are called, the one that is shown in brackets. */
export const shownNames = async (app: WorkerApp): Promise<string[]> => {
  const tab = await app.openTab()
  const { rows } = await tab.see({ view: 'workspaces' }, () => true)
  tab.close()
  return rows.map(({ name, current }) => (current ? `[${name}]` : name))
}

/** Titles of the list as a tab shows it. */
export const shownTitles = async (app: WorkerApp): Promise<string[]> => {
  const tab = await app.openTab()
  const { rows } = await tab.see({ view: 'notes', place: 'notes', filter: '', limit: 100 }, () => true)
  tab.close()
  return rows.map(({ title }) => title)
}
