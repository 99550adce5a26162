import * as Comlink from 'comlink'
import { BUILD } from '../protocol/build.ts'
import { fail, type Result } from '../protocol/result.ts'
import { OWNER_LOCK, type WorkerApi } from '../protocol/worker-api.ts'
import { type App, createApp } from './app/app.ts'
import { systemClock } from './platform/clock.ts'
import { systemRandom } from './platform/random.ts'
import { openWebSocket } from './platform/relay-socket.ts'
import { openDeviceStore } from './storage/device-store.ts'
import { webLocks } from './tabs/tabs.ts'

declare const self: SharedWorkerGlobalScope

/** Resolves with what ends the ownership, once this worker is the only one that has the data. */
const ownData = (): Promise<() => void> =>
  new Promise((resolve, reject) => {
    navigator.locks.request(OWNER_LOCK, () => new Promise<void>(release => resolve(release))).catch(reject)
  })

const start = async (): Promise<App> => {
  const release = await ownData()
  return createApp({
    store: await openDeviceStore(),
    clock: systemClock,
    random: systemRandom,
    fetch: (address, init) => fetch(address, init),
    openSocket: openWebSocket,
    locks: webLocks(navigator.locks),
    build: BUILD,
    origin: self.location.origin,
    end: () => {
      release()
      self.close()
    },
  })
}

const starting: Promise<Result<App>> = start().then(
  app => {
    self.addEventListener('online', app.wake)
    return { ok: true, value: app }
  },
  error => {
    console.error('Holdfast could not start.', error)
    return fail(
      'start-failed',
      'This browser does not let Holdfast store anything here. Private windows and full disks do that. Nothing was lost.',
    )
  },
)

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

self.addEventListener('connect', ({ ports: [port] }) => {
  if (port) Comlink.expose(api, port)
})
