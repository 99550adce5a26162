import type { DeviceKeys } from '../../protocol/device-database.ts'
import { type DeviceId, type DocumentId, HOME_DOCUMENT } from '../../protocol/ids.ts'
import type { SyncValue } from '../../protocol/sync.ts'
import { openSession, type Session } from '../../worker/app/session.ts'
import { createSyncStatus, syncValue } from '../../worker/app/sync-status.ts'
import type { OpenDocument } from '../../worker/documents/documents.ts'
import { loadDeviceKeys } from '../../worker/keys/device-keys.ts'
import type { HeldNote } from '../../worker/notes/open-notes.ts'
import { systemClock } from '../../worker/platform/clock.ts'
import { systemRandom } from '../../worker/platform/random.ts'
import type { OpenRelaySocket } from '../../worker/platform/relay-socket.ts'
import { openDeviceStore } from '../../worker/storage/device-store.ts'
import { documentDatabases } from '../../worker/storage/document-databases.ts'
import type { StoredWorkspace } from '../../worker/storage/stored-workspace.ts'
import type { Fetch } from '../../worker/sync/relay/relay-http.ts'
import { type Loaded, type LoadedWatcher, watchLoaded } from './loaded.ts'

/** One life of the real worker, without the tabs above it. It has to be made by the process that it is. */
export interface WorkerLife {
  readonly id: DeviceId
  readonly session: Session
  readonly home: OpenDocument
  /** Notes that somebody looks at. */
  readonly notes: Map<DocumentId, HeldNote>
  /** All that is in memory, looked at or not. */
  readonly loaded: Loaded
  /** What the status would say, without touching anything. */
  seen(): SyncValue
}

interface Deps {
  readonly fetch: Fetch
  readonly openSocket: OpenRelaySocket
  /** Makes or joins the workspace at the device's first start. */
  readonly enter: (keys: DeviceKeys<CryptoKey>) => Promise<StoredWorkspace>
  /** Somebody who looks at the status sees this from now on. */
  readonly shown: (status: SyncValue) => void
  readonly watcher: LoadedWatcher
}

/** The index and the notes that somebody looks at. */
export const documentsOf = (life: WorkerLife): [DocumentId, OpenDocument['doc']][] => [
  [HOME_DOCUMENT, life.home.doc],
  ...[...life.notes].map(([id, { document }]): [DocumentId, OpenDocument['doc']] => [id, document.doc]),
]

/** Stories are short, and their logs are to be compacted too. */
export const LOG_SLACK_BYTES = 900

export const createWorkerLife = async (deps: Deps): Promise<WorkerLife> => {
  const store = await openDeviceStore()
  const device = await loadDeviceKeys(store)
  const id = await store.currentWorkspace()
  let stored = id === undefined ? undefined : await store.workspace(id)
  if (!stored) {
    stored = await deps.enter(device)
    await store.setWorkspace(stored)
    await store.setCurrentWorkspace(stored.id)
  }
  const surroundings = {
    device,
    store,
    clock: systemClock,
    random: systemRandom,
    fetch: deps.fetch,
    openSocket: deps.openSocket,
    foundDocuments: () => documentDatabases(indexedDB),
    origin: 'https://app.test',
    logSlackBytes: LOG_SLACK_BYTES,
  }
  const opened = await openSession(stored, surroundings)
  if (!opened.ok) throw new Error(opened.error.message)
  const session = opened.value
  const loaded = watchLoaded(session.documents, deps.watcher)
  const status = createSyncStatus(session, systemClock)
  status.subscribe(() => deps.shown(status.get()))
  // In the order in which the app does it.
  await session.loss.look()
  await session.notes.catchUp()
  await session.startSync()
  const home = await session.documents.open(HOME_DOCUMENT)
  const seen = (): SyncValue =>
    syncValue({
      workspace: session.workspace.id,
      relays: session.workspace.relays(),
      sync: session.sync()?.state() ?? null,
      syncedAt: null,
      storing: session.documents.saving(),
      storageProblem: session.storageProblem(),
    })
  return { id: device.device, session, home, notes: new Map(), loaded, seen }
}
