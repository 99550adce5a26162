import { BUILD } from '../../protocol/build.ts'
import type { Result } from '../../protocol/result.ts'
import { systemClock } from '../platform/clock.ts'
import { browserFreeSpace } from '../platform/disk-space.ts'
import { systemRandom } from '../platform/random.ts'
import { openWebSocket } from '../platform/relay-socket.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { documentDatabases } from '../storage/document-databases.ts'
import { hasLog, renewLog } from '../storage/renew-log.ts'
import { webLocks } from '../tabs/tabs.ts'
import { type App, createApp } from './app.ts'

/** What the worker's entry has by the time that the rest of the code is there. */
interface Begun {
  readonly store: DeviceStore
  /** Names this life of the worker. */
  readonly epoch: string
  /** Lets go of the data and ends the worker. */
  readonly end: () => void
}

/** Starts the app on this browser. Errors and rejections: see createApp. */
export const startApp = async (begun: Begun): Promise<Result<App>> => {
  const app = await createApp({
    ...begun,
    clock: systemClock,
    random: systemRandom,
    fetch: (address, init) => fetch(address, init),
    openSocket: openWebSocket,
    locks: webLocks(navigator.locks),
    foundDocuments: () => documentDatabases(indexedDB),
    freeSpace: browserFreeSpace(navigator.storage),
    build: BUILD,
    origin: self.location.origin,
  })
  if (!app.ok) return app
  self.addEventListener('online', app.value.wake)
  if (hasLog(navigator))
    void renewLog().catch(error => console.error('The log of the storage could not be renewed.', error))
  return app
}
