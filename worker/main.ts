import * as Comlink from 'comlink'
import { BUILD } from '../protocol/build.ts'
import { type Failure, fail, type Result } from '../protocol/result.ts'
import { lifeLock, OWNER_LOCK, type WorkerApi } from '../protocol/worker-api.ts'
import { type App, createApp } from './app/app.ts'
import { canBeStored } from './keys/wrapped-key.ts'
import { systemClock } from './platform/clock.ts'
import { browserFreeSpace } from './platform/disk-space.ts'
import { randomId, systemRandom } from './platform/random.ts'
import { openWebSocket } from './platform/relay-socket.ts'
import { openDeviceStore } from './storage/device-store.ts'
import { documentDatabases } from './storage/document-databases.ts'
import { hasLog, renewLog } from './storage/renew-log.ts'
import { webLocks } from './tabs/tabs.ts'

/** A shared worker, or where those are of no use a dedicated one in the tab that leads. */
declare const self: SharedWorkerGlobalScope | DedicatedWorkerGlobalScope

/** Resolves with what lets go of the lock, once it is this worker's alone. */
const hold = (name: string): Promise<() => void> =>
  new Promise((resolve, reject) => {
    navigator.locks.request(name, () => new Promise<void>(release => resolve(release))).catch(reject)
  })

/** In WebKit a shared worker can store no key at all. */
const canKeepKeys = async (): Promise<boolean> => {
  try {
    return canBeStored(await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']))
  } catch {
    return false
  }
}

const platform = {
  clock: systemClock,
  random: systemRandom,
  fetch: (address: string, init?: RequestInit) => fetch(address, init),
  openSocket: openWebSocket,
  locks: webLocks(navigator.locks),
  foundDocuments: () => documentDatabases(indexedDB),
  freeSpace: browserFreeSpace(navigator.storage),
  build: BUILD,
  origin: self.location.origin,
}

const start = async (): Promise<Result<App>> => {
  if (!('postMessage' in self) && !(await canKeepKeys()))
    return fail('shared-worker-unfit', 'This browser needs Holdfast to work within one of its tabs.')
  const epoch = randomId(systemRandom)
  const endLife = await hold(lifeLock(epoch))
  const disown = await hold(OWNER_LOCK)
  if ('postMessage' in self) self.postMessage(lifeLock(epoch)) // for the tab around it, see src/connection/hosted-worker.ts
  const end = () => {
    disown()
    endLife()
    self.close()
  }
  const app = await openDeviceStore()
    .then(store => createApp({ ...platform, store, epoch, end }))
    .catch(refused)
  if (!app.ok) {
    // Whoever tries again gets a new worker: this one could only give the same answer for ever. The answer goes first.
    systemClock.after(0, end)
    return app.error.code === 'start-failed' ? app : damaged(app.error)
  }
  self.addEventListener('online', app.value.wake)
  if (hasLog(navigator))
    void renewLog().catch(error => console.error('The log of the storage could not be renewed.', error))
  return app
}

const refused = (error: unknown) => {
  console.error('Holdfast could not start.', error)
  return fail(
    'start-failed',
    'This browser does not let Holdfast store anything here. Private windows and full disks do that. Nothing was lost.',
  )
}

const damaged = ({ code }: Failure) =>
  fail(
    'start-failed',
    `What is stored on this device about its workspace does not fit together (${code}). Nothing was deleted. Do not clear this browser’s data, and load the page again.`,
  )

const starting: Promise<Result<App>> = start().catch(refused)

const api: WorkerApi = {
  connect: async (hello, port) => {
    const app = await starting
    return app.ok ? app.value.api.connect(hello, port) : app
  },
  run: async command => {
    const app = await starting
    return app.ok ? app.value.api.run(command) : app
  },
  retire: async () => {
    const app = await starting
    return app.ok ? app.value.api.retire() : app
  },
}

const talkOn = ({ ports: [port] }: MessageEvent): void => {
  if (port) Comlink.expose(api, port)
}

// A shared worker gets each tab's port with an event of its own, a dedicated one from the tab that leads.
if ('postMessage' in self) self.addEventListener('message', talkOn)
else self.addEventListener('connect', talkOn)
