import type { Result } from '../../protocol/result.ts'
import { ok } from '../../protocol/result.ts'
import type { WorkerApi } from '../../protocol/worker-api.ts'
import { loadDeviceKeys } from '../keys/device-keys.ts'
import { createTransfer } from '../notes/transfer.ts'
import type { Clock } from '../platform/clock.ts'
import type { FreeSpace } from '../platform/disk-space.ts'
import type { Random } from '../platform/random.ts'
import type { OpenRelaySocket } from '../platform/relay-socket.ts'
import type { DeviceStore, StoredWorkspace } from '../storage/device-store.ts'
import type { Fetch } from '../sync/relay/relay-http.ts'
import { createProviders } from '../tabs/providers.ts'
import { createRunCommand } from '../tabs/run-command.ts'
import { createTabs, type Locks } from '../tabs/tabs.ts'
import { createViewHub } from '../tabs/view-hub.ts'
import { createWorkspace } from '../workspace/workspace.ts'
import { noticeLeftovers, takeOverLeftovers } from './leftovers.ts'
import { createReceipt } from './receipts.ts'
import { openSession, type Session, type SessionDeps } from './session.ts'
import { createStorageState } from './storage-state.ts'
import { createSyncCommands } from './sync-commands.ts'
import { createSyncDetails } from './sync-details.ts'
import { createSyncStatus } from './sync-status.ts'

/** The worker's whole life between its first tab and its end. */
export interface App {
  readonly api: WorkerApi
  /** The network or a person came back. */
  wake(): void
}

interface Deps {
  readonly store: DeviceStore
  readonly foundDocuments: SessionDeps['foundDocuments']
  readonly clock: Clock
  readonly random: Random
  readonly fetch: Fetch
  readonly openSocket: OpenRelaySocket
  readonly locks: Locks
  readonly freeSpace: FreeSpace
  readonly build: string
  /** Names this life of the worker. */
  readonly epoch: string
  readonly origin: string
  /** Lets go of the data and ends the worker. */
  readonly end: () => void
}

/** The workspace of this device, made at its first start without network or account. */
const currentWorkspace = async (deps: SessionDeps): Promise<StoredWorkspace> => {
  const { store } = deps
  const id = await store.currentWorkspace()
  const stored = id === undefined ? undefined : await store.workspace(id)
  if (stored) return stored
  const made = await createWorkspace(deps.device, deps.random, deps.clock)
  await store.setWorkspace(made)
  await store.setCurrentWorkspace(made.id)
  return made
}

/** Errors: `access-invalid`, `root-unreadable`. Rejects where the browser does not let the device's data be opened. */
export const createApp = async (deps: Deps): Promise<Result<App>> => {
  const { clock, random, epoch } = deps
  const surroundings = { store: deps.store, found: deps.foundDocuments, clock }
  const leftovers = await noticeLeftovers(surroundings)
  const sessionDeps: SessionDeps = { ...deps, device: await loadDeviceKeys(deps.store) }
  const opened = await openSession(await currentWorkspace(sessionDeps), sessionDeps)
  if (!opened.ok) return opened

  const transfer = createTransfer()
  let session: Session = opened.value
  let status = createSyncStatus(session, clock)
  const { device } = sessionDeps.device
  let storage = createStorageState(session, device, await takeOverLeftovers(leftovers, session, surroundings))

  const hub = createViewHub({
    providers: () =>
      createProviders({
        notes: session.notes,
        transfer,
        sync: status,
        receipt: note => createReceipt(session, note),
        details: () => createSyncDetails(session, status),
        recovered: session.recovered,
        storage,
      }),
    clock,
    epoch,
  })
  const run = createRunCommand({
    notes: () => session.notes,
    transfer,
    clock,
    random,
    freeSpace: deps.freeSpace,
    recovered: () => session.recovered,
    dismissLoss: () => storage.dismiss(),
    sync: createSyncCommands({
      ...sessionDeps,
      current: () => session,
      isBusy: () => transfer.get() !== null,
      switchTo: async (next, bringRest) => {
        const before = session
        session = next
        status = createSyncStatus(next, clock)
        storage = createStorageState(next, device, 0)
        // Before tabs see the new text: what was accepted in the old one must be in it, or they would write it again.
        await bringRest()
        hub.reset()
        await next.startSync()
        await before.close()
      },
      app: deps.origin,
    }),
  })
  const tabs = createTabs({
    hub,
    locks: deps.locks,
    build: deps.build,
    epoch,
    onLastLeft: () => void session.flush(),
  })

  const retire = async (): Promise<Result<null>> => {
    tabs.close()
    await session.close()
    deps.store.close()
    // The answer has to leave before the worker ends.
    clock.after(0, deps.end)
    return ok(null)
  }

  // In the background: the first tab sees its notes before anything is loaded for sync.
  const startSync = async (): Promise<void> => {
    const began = session
    await began.loss.look().catch(error => console.error('Lost documents could not be looked for.', error))
    await began.notes
      .catchUp()
      .catch(error => console.error('Titles could not be brought up to date.', error))
    if (session === began) await session.startSync()
  }
  void startSync().catch(error => console.error('Sync could not be started.', error))

  return ok({
    api: {
      connect: (hello, port) => {
        session.sync()?.wake() // whoever opens a tab is about to look
        return tabs.connect(hello, port)
      },
      run,
      retire,
    },
    wake: () => session.sync()?.wake(),
  })
}
