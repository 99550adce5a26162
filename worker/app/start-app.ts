import { BUILD } from '../../protocol/build.ts'
import { LOCK_CHANNEL } from '../../protocol/lock.ts'
import type { Result } from '../../protocol/result.ts'
import { createLockableApp, type LockableApp } from '../lock/lockable-app.ts'
import type { Life } from '../lock/stages.ts'
import { systemClock } from '../platform/clock.ts'
import { browserFreeSpace } from '../platform/disk-space.ts'
import { systemRandom } from '../platform/random.ts'
import { openWebSocket } from '../platform/relay-socket.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { allDocumentDatabases, documentDatabases } from '../storage/document-databases.ts'
import { hasLog, renewLog } from '../storage/renew-log.ts'
import { webLocks } from '../tabs/tabs.ts'
import { createApp } from './app.ts'

/** What the worker's entry has by the time that the rest of the code is there. */
interface Begun {
  readonly store: DeviceStore
  /** One life of the app, for which tabs watch; several may follow each other. */
  readonly beginLife: () => Promise<Life>
  /** Lets go of the data and ends the worker. */
  readonly end: () => void
}

/** Starts the app on this browser. Errors and rejections: see createApp. */
export const startApp = async (begun: Begun): Promise<Result<LockableApp>> => {
  const { store } = begun
  const browser = {
    clock: systemClock,
    locks: webLocks(navigator.locks),
    build: BUILD,
  }
  const lockChannel = new BroadcastChannel(LOCK_CHANNEL)
  const app = await createLockableApp({
    ...begun,
    ...browser,
    openApp: how =>
      createApp({
        ...how,
        ...browser,
        store,
        random: systemRandom,
        fetch: (address, init) => fetch(address, init),
        openSocket: openWebSocket,
        foundDocuments: () => documentDatabases(indexedDB),
        freeSpace: browserFreeSpace(navigator.storage),
        origin: self.location.origin,
      }),
    databases: () => allDocumentDatabases(store, indexedDB),
    tellLocking: () => lockChannel.postMessage('locking'),
  })
  if (!app.ok) return app
  self.addEventListener('online', app.value.wake)
  if (hasLog(navigator))
    void renewLog().catch(error => console.error('The log of the storage could not be renewed.', error))
  return app
}
