import type { WorkspaceId } from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import type { WorkerApi } from '../../protocol/worker-api.ts'
import { loadDeviceKeys } from '../keys/device-keys.ts'
import type { OpenAs } from '../lock/lockable-app.ts'
import { createTransfer } from '../notes/transfer.ts'
import type { Clock } from '../platform/clock.ts'
import type { FreeSpace } from '../platform/disk-space.ts'
import type { Random } from '../platform/random.ts'
import type { OpenRelaySocket } from '../platform/relay-socket.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import type { Fetch } from '../sync/relay/relay-http.ts'
import { createProviders, type HeldNotes } from '../tabs/providers.ts'
import { createRunCommand } from '../tabs/run-command.ts'
import { createTabs, type Locks } from '../tabs/tabs.ts'
import { createViewHub } from '../tabs/view-hub.ts'
import { createWorkspace } from '../workspace/workspace.ts'
import { createFarewells } from './farewells.ts'
import { createForgetWorkspace } from './forget-workspace.ts'
import { createJoining } from './joining.ts'
import { noticeLeftovers, takeOverLeftovers } from './leftovers.ts'
import { createPeople } from './people.ts'
import { createPeopleCommands } from './people-commands.ts'
import { createReceipt } from './receipts.ts'
import { loadRenewal } from './renewal.ts'
import { openSession, type Session, type SessionDeps } from './session.ts'
import { createSessions } from './sessions.ts'
import { createStorageState } from './storage-state.ts'
import { createSyncCommands } from './sync-commands.ts'
import { createSyncDetails } from './sync-details.ts'
import { createSyncStatus } from './sync-status.ts'
import { createWorkspaceCommands } from './workspace-commands.ts'
import { beginInBackground, createWorkspaces } from './workspaces.ts'

/** The worker's whole life between its first tab and its end. */
export interface App {
  readonly api: Pick<WorkerApi, 'connect' | 'run'>
  /** The network or a person came back. */
  wake(): void
  /** Something that was typed could not be stored yet. */
  isUnstored(): boolean
  /** An import or export is running. */
  isBusy(): boolean
  /** Stores everything and lets go of it. */
  close(): Promise<void>
}

interface Deps extends OpenAs {
  readonly store: DeviceStore
  readonly foundDocuments: SessionDeps['foundDocuments']
  readonly clock: Clock
  readonly random: Random
  readonly fetch: Fetch
  readonly openSocket: OpenRelaySocket
  readonly locks: Locks
  readonly freeSpace: FreeSpace
  readonly build: string
  readonly origin: string
}

const NO_WORKSPACE = fail('no-workspace', 'This workspace is not on this device any more.')

/** The workspace that was shown last, then the others. At the first start one is made, without network or account. */
const firstWorkspaces = async (deps: SessionDeps): Promise<readonly WorkspaceId[]> => {
  const { store } = deps
  const all = (await store.workspaces()).map(({ id }) => id)
  const last = await store.currentWorkspace()
  if (all.length > 0) return all.toSorted((a, b) => Number(b === last) - Number(a === last))
  const made = await createWorkspace(deps.device, deps.random, deps.clock)
  await store.setWorkspace(made)
  await store.setCurrentWorkspace(made.id)
  return [made.id]
}

/** Errors: `access-invalid`, `root-unreadable`. Rejects where the browser does not let the device's data be opened. */
export const createApp = async (deps: Deps): Promise<Result<App>> => {
  const { clock, random, epoch, store } = deps
  const surroundings = { store, found: deps.foundDocuments, clock }
  const leftovers = await noticeLeftovers(surroundings)
  const sessionDeps: SessionDeps = { ...deps, device: await loadDeviceKeys(store, deps.lockKey) }
  const { device } = sessionDeps.device

  const sessions = createSessions({
    open: async id => {
      const stored = await store.workspace(id)
      return stored ? openSession(stored, sessionDeps) : NO_WORKSPACE
    },
    after: clock.after,
  })
  const [last, ...others] = await firstWorkspaces(sessionDeps)
  let first = await sessions.acquire(last!)
  // One that cannot be opened must not keep the others closed. Whoever wants to see it is told why.
  for (const id of others) if (!first.ok) first = await sessions.acquire(id)
  if (!first.ok) return first
  const renewal = await loadRenewal(store)
  const kept = await takeOverLeftovers(leftovers, first.value.session, renewal, surroundings)

  /** What tabs see of the workspace that is shown. */
  const present = (session: Session, keptAtStart = 0) => ({
    session,
    status: createSyncStatus(session, clock),
    storage: createStorageState(session, device, renewal, keptAtStart),
    people: createPeople({ workspace: session.workspace, device, onChange: session.onChange }),
  })
  let shown = present(first.value.session, kept)

  const transfer = createTransfer()
  const workspaces = await createWorkspaces({
    ...sessionDeps,
    sessions,
    first: first.value,
    isBusy: () => transfer.get() !== null,
    onShown: session => {
      shown = present(session)
      hub.reset()
    },
  })
  const { current } = workspaces
  const farewells = createFarewells({ ...sessionDeps, self: device })
  const { forget, resume } = createForgetWorkspace({ ...sessionDeps, sessions })

  const hold = async (id: WorkspaceId | undefined): Promise<Result<HeldNotes>> => {
    const held = await sessions.acquire(id ?? current().workspace.id)
    if (!held.ok) return held
    const { session, release } = held.value
    return ok({
      notes: session.notes,
      workspace: session.workspace.id,
      release: () => {
        release().catch(error => console.error('A workspace could not be closed.', error))
      },
    })
  }

  const hub = createViewHub({
    providers: () => {
      const { session, status, storage, people } = shown
      return createProviders({
        notes: session.notes,
        hold,
        transfer,
        sync: status,
        receipt: note => createReceipt(session, note),
        details: () => createSyncDetails(session, status),
        recovered: session.recovered,
        storage,
        workspaces,
        openVaultList: session.openVaultList,
        lock: deps.lock,
        people,
      })
    },
    clock,
    epoch,
  })
  const run = createRunCommand({
    notes: () => current().notes,
    current: () => current().workspace.id,
    inWorkspace: async (id, act) => {
      const held = await hold(id)
      if (!held.ok) return held
      try {
        return await act(held.value.notes)
      } finally {
        held.value.release()
      }
    },
    transfer,
    clock,
    random,
    freeSpace: deps.freeSpace,
    recovered: () => current().recovered,
    dismissLoss: () => shown.storage.dismiss(),
    lock: deps.lock.run,
    vault: () => current().vault,
    workspaces: createWorkspaceCommands({ ...sessionDeps, workspaces, sessions, forget, farewells }),
    sync: createSyncCommands({ ...sessionDeps, workspaces, wake: () => wake() }),
    people: {
      ...createPeopleCommands({ ...sessionDeps, current, app: deps.origin }),
      ...createJoining({ ...sessionDeps, workspaces, sessions, forget, farewells }),
    },
  })
  const tabs = createTabs({
    hub,
    clock,
    locks: deps.locks,
    build: deps.build,
    epoch,
    onLastLeft: () => void current().flush(),
  })

  resume().catch(error => console.error('What is left of a workspace could not be deleted.', error))
  // The first tab sees its notes before anything is loaded for sync.
  beginInBackground(current())

  farewells.send()

  const wake = (): void => {
    current().sync()?.wake()
    farewells.send()
  }
  return ok({
    api: {
      connect: (hello, port) => {
        wake() // whoever opens a tab is about to look
        return tabs.connect(hello, port)
      },
      run,
    },
    wake,
    isUnstored: () => current().storageProblem() !== null,
    isBusy: () => transfer.get() !== null,
    close: async () => {
      tabs.close()
      farewells.close()
      await workspaces.close()
      await sessions.close()
    },
  })
}
