import * as Comlink from 'comlink'
import { BUILD } from '../protocol/build.ts'
import { FIRST_LIST_CHANNEL, type FirstListMessage } from '../protocol/first-list.ts'
import { type Failure, fail, type Result } from '../protocol/result.ts'
import { lifeLock, OWNER_LOCK, type WorkerApi } from '../protocol/worker-api.ts'
import { canBeStored } from './keys/wrapped-key.ts'
import type { LockableApp } from './lock/lockable-app.ts'
import type { Life } from './lock/stages.ts'
import { systemClock } from './platform/clock.ts'
import { randomId, systemRandom } from './platform/random.ts'
import { type DeviceStore, openDeviceStore } from './storage/device-store.ts'
import { readFirstList } from './storage/first-list.ts'

/** A shared worker, or where those are of no use a dedicated one in the tab that leads. */
declare const self: SharedWorkerGlobalScope | DedicatedWorkerGlobalScope

// Most of the code is not here: the list as it was stored last is read and told while that is still loaded.
const rest = import('./app/start-app.ts').catch(error => {
  console.error('A part of Holdfast could not be loaded.', error)
  return null
})

performance.mark('worker runs')

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

/** Tells pages that wait for this worker what their list was when it was stored last; not where there is a lock. */
const tellFirstList = async (store: DeviceStore): Promise<void> => {
  const [list, lock] = await Promise.all([readFirstList(store), store.lock()])
  performance.mark('first list read')
  if (list === null || lock !== undefined) return
  const channel = new BroadcastChannel(FIRST_LIST_CHANNEL)
  channel.postMessage({ build: BUILD, list } satisfies FirstListMessage)
  channel.close()
}

const NOT_LOADED = fail(
  'start-failed',
  'A part of the app could not be loaded. Your notes are safe. Load the page again.',
)

/** A life of the app: its lock is free when it is over, and the next one's is held by then. */
const beginLife = async (): Promise<Life> => {
  const epoch = randomId(systemRandom)
  return { epoch, end: await hold(lifeLock(epoch)) }
}

const openApp = async (end: () => void): Promise<Result<LockableApp>> => {
  const store = await openDeviceStore()
  // Only the owner of the data knows that nobody writes another list meanwhile.
  void tellFirstList(store).catch(error => console.error('The list of before could not be read.', error))
  const code = await rest
  return code === null ? NOT_LOADED : code.startApp({ store, beginLife, end })
}

const start = async (): Promise<Result<LockableApp>> => {
  // Of the worker itself, in which several lives of the app may follow each other.
  const worker = randomId(systemRandom)
  const living = hold(lifeLock(worker))
  if (!('postMessage' in self) && !(await canKeepKeys()))
    return fail('shared-worker-unfit', 'This browser needs Holdfast to work within one of its tabs.')
  const [endLife, disown] = await Promise.all([living, hold(OWNER_LOCK)])
  if ('postMessage' in self) self.postMessage(lifeLock(worker)) // for the tab around it, see src/connection/hosted-worker.ts
  const end = () => {
    disown()
    endLife()
    self.close()
  }
  const app = await openApp(end).catch(refused)
  if (app.ok) return app
  // Whoever tries again gets a new worker: this one could only give the same answer for ever. The answer goes first.
  systemClock.after(0, end)
  return app.error.code === 'start-failed' ? app : damaged(app.error)
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

const starting: Promise<Result<LockableApp>> = start().catch(refused)

const api: WorkerApi = {
  connect: async (hello, port) => {
    const app = await starting
    return app.ok ? app.value.api.connect(hello, port) : app
  },
  run: async command => {
    const app = await starting
    return app.ok ? app.value.api.run(command) : app
  },
  unlock: async passphrase => {
    const app = await starting
    return app.ok ? app.value.api.unlock(passphrase) : app
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
