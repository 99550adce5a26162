import type { DeviceKeys } from '../../protocol/device-database.ts'
import type { SyncValue } from '../../protocol/sync.ts'
import type { StoredWorkspace } from '../../worker/storage/stored-workspace.ts'
import type { Fetch } from '../../worker/sync/relay/relay-http.ts'
import type { Census } from './census.ts'
import { createDisk, type Disk, type Disks } from './engine/disk.ts'
import { DIRECTOR, type Host, type Machine, type Process } from './engine/machine.ts'
import type { LoadedWatcher } from './loaded.ts'
import type { Network } from './network.ts'
import { createServiceWorkerLife, type ServiceWorkerLife } from './service-worker.ts'
import { createWorkerLife, type WorkerLife } from './worker-life.ts'

/** A person's device: what is on its disk, and whatever runs on it now. */
export interface DeviceHost {
  readonly name: string
  readonly host: Host
  disk(): Disk
  /** Null while it does not run or is still starting. */
  life(): WorkerLife | null
  worker(): Process | null
  serviceWorker(): Process | null
  start(): void
  killWorker(): void
  /** A new build's worker takes the data over from the one that runs. */
  handOver(): void
  killServiceWorker(): void
  /** Has the service worker deliver what waits. */
  sync(): void
  /** Runs something as the worker, if there is one. */
  act(label: string, action: (life: WorkerLife) => void | Promise<void>): void
  /** What a process of this device is about to do, or in the middle of. */
  doing(process: Process): string
  /** The browser threw all of it away, or it came from another device. */
  replaceDisk(disk: Disk): void
}

export interface Member {
  readonly machine: Machine
  readonly disks: Disks
  readonly network: Network
  readonly enter: (keys: DeviceKeys<CryptoKey>) => Promise<StoredWorkspace>
  readonly shown: (status: SyncValue) => void
  readonly watcher: () => LoadedWatcher
  readonly census: Census
  /** Something in it threw where nobody caught it. */
  readonly failed: (error: unknown, device: string) => void
}

export const isSynced = (device: DeviceHost): boolean => device.life()?.seen().phase === 'synced'

/** Whether it is synced with each of these relays. */
export const isSyncedWith = (device: DeviceHost, origins: readonly string[]): boolean => {
  const relays = device.life()?.seen().relays ?? []
  return origins.every(origin => relays.some(relay => relay.origin === origin && relay.phase === 'synced'))
}

/** Whether it is synced with each relay that it uses. */
export const isSyncedEverywhere = (device: DeviceHost): boolean =>
  isSynced(device) &&
  device
    .life()!
    .seen()
    .relays.every(({ phase }) => phase === 'synced')

const START_MS = 20
const APP = 'https://app.test'

export const createDeviceHost = (name: string, member: Member): DeviceHost => {
  const { machine, disks, network } = member
  const host: Host = { name, skew: 0 }
  disks.put(host, createDisk())
  let lives = 0
  let worker: { process: Process; life: WorkerLife | null } | null = null
  let serviceWorker: { process: Process; life: ServiceWorkerLife | null } | null = null

  const run = (process: Process, label: string, action: () => unknown, delay = 0): void => {
    machine.after(process, delay, label, () => {
      void Promise.resolve()
        .then(action)
        .catch(error => process.alive && member.failed(error, name))
    })
  }

  /** A browser starts a service worker where one is needed; what it is asked then waits for its start. */
  const needServiceWorker = (): { process: Process; life: ServiceWorkerLife | null } => {
    if (serviceWorker?.process.alive) return serviceWorker
    lives += 1
    const process = machine.spawn(`${name} service worker ${lives}`, host)
    const started: { process: Process; life: ServiceWorkerLife | null } = { process, life: null }
    serviceWorker = started
    machine.after(process, START_MS, 'service worker starts', () => {
      started.life = createServiceWorkerLife({
        fetch: network.fetch(name),
        askForSync: async () => {},
        count: member.census.count,
      })
    })
    return started
  }

  /** As a browser does: what is below the app goes to the service worker, the rest to the network. */
  const fetch: Fetch = (address, init) => {
    if (!address.startsWith('/')) return network.fetch(name)(address, init)
    const asker = machine.current()
    const running = needServiceWorker()
    const { process } = running
    const request = new Request(APP + address, init)
    return new Promise((resolve, reject) => {
      // Where the service worker dies, the browser says so sooner or later.
      const giveUp = machine.after(asker, 30_000, 'service worker gone', () => reject(new TypeError('gone')))
      run(
        process,
        'outbox request',
        async () => {
          const response = await running.life!.answer(request)
          machine.after(asker, 0.1, 'outbox response', () => {
            giveUp()
            resolve(response)
          })
        },
        START_MS,
      )
    })
  }

  const kill = (process: Process): void => {
    machine.kill(process)
    disks.release(process)
    network.lost(process)
  }

  const killWorker = (): void => {
    if (worker === null) return
    const { process } = worker
    worker = null
    kill(process)
  }
  const killServiceWorker = (): void => {
    if (serviceWorker === null) return
    const { process } = serviceWorker
    serviceWorker = null
    kill(process)
  }

  const start = (): void => {
    if (worker !== null) return
    lives += 1
    const process = machine.spawn(`${name} worker ${lives}`, host)
    const started: { process: Process; life: WorkerLife | null } = { process, life: null }
    worker = started
    run(process, 'worker starts', async () => {
      started.life = await createWorkerLife({
        fetch,
        openSocket: network.openSocket(name),
        enter: member.enter,
        shown: status => process.alive && member.shown(status),
        watcher: member.watcher(),
      })
    })
  }

  return {
    name,
    host,
    disk: () => disks.of(host)!,
    life: () => worker?.life ?? null,
    worker: () => worker?.process ?? null,
    serviceWorker: () => serviceWorker?.process ?? null,
    start,
    killWorker,
    handOver: () => {
      const old = worker
      if (!old?.life) return
      const { session } = old.life
      old.life = null
      run(old.process, 'hand over', async () => {
        await session.close()
        machine.after(DIRECTOR, 0, 'handed over', () => {
          if (worker !== old) return
          killWorker()
          start()
        })
      })
    },
    killServiceWorker,
    sync: () => {
      const running = needServiceWorker()
      run(running.process, 'sync event', () => running.life!.sync(), START_MS)
    },
    doing: process => {
      const next = machine.next(process)
      if (next !== 'disk') return next ?? 'nothing'
      return [...new Set(disks.underWay(process))].sort().join(', ') || 'opening a database'
    },
    act: (label, action) => {
      const acting = worker
      if (!acting?.life) return
      run(acting.process, label, () => action(acting.life!))
    },
    replaceDisk: disk => {
      killWorker()
      killServiceWorker()
      disks.put(host, disk)
    },
  }
}
