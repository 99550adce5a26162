import type { DeviceKeys } from '../../protocol/device-database.ts'
import { HOME_DOCUMENT, VAULT_DOCUMENT } from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import type { OpenDocument } from '../documents/documents.ts'
import { createDocuments, type LocalDocuments } from '../documents/local-documents.ts'
import { createListeners } from '../listeners.ts'
import { createDeletedNotes, isDeletedIn } from '../notes/deleted-notes.ts'
import { createFirstListKeeper } from '../notes/first-list.ts'
import { createNotes, type Notes, noteDocuments } from '../notes/notes.ts'
import { createRecovered, type Recovered } from '../notes/recovered.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { OpenRelaySocket } from '../platform/relay-socket.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import type { Disk } from '../storage/disk.ts'
import { documentDatabase, type FoundDocuments } from '../storage/document-databases.ts'
import type { StoredWorkspace } from '../storage/stored-workspace.ts'
import type { Outbox } from '../sync/relay/outbox-client.ts'
import type { Fetch } from '../sync/relay/relay-http.ts'
import type { Relays } from '../sync/relays.ts'
import { createVault, type Vault } from '../vault/vault.ts'
import { createVaultKeys } from '../vault/vault-keys.ts'
import { openVaultList, type VaultList } from '../vault/vault-list.ts'
import { createMembership, type Membership } from '../workspace/membership.ts'
import { openWorkspace, type Workspace } from '../workspace/workspace.ts'
import { createLossKeeper, type LossKeeper } from './documents-loss.ts'
import { createDuties } from './duties.ts'
import { createSessionRelays, type SessionRelays } from './session-relays.ts'
import { createLook, type LookKeeper } from './workspace-look.ts'

/** One workspace in use: its documents, its notes, and its sync where that is on. */
export interface Session {
  readonly workspace: Workspace
  readonly documents: LocalDocuments
  readonly notes: Notes
  readonly recovered: Recovered
  readonly loss: LossKeeper
  readonly look: LookKeeper
  readonly membership: Membership
  readonly vault: Vault
  openVaultList(): Promise<VaultList>
  readonly relays: SessionRelays
  sync(): Relays | null
  /** Whether nothing was ever written in it. */
  isUntouched(): boolean
  /** Why this device could not store something, in words; null while all is well. */
  storageProblem(): string | null
  /** To be called when the workspace is shown: finds out what was lost, writes titles that are due, and starts sync. */
  begin(): Promise<void>
  /** Nothing where sync is off, where it runs, or after `close`. */
  startSync(): Promise<void>
  stopSync(): Promise<void>
  /** What was said here goes to the relays at once. Errors: `sync-off`, `unreachable`, a `RefusalCode`. */
  publish(): Promise<Result<null>>
  flush(): Promise<void>
  /** Something that the status shows may have changed. */
  onChange(listener: () => void): () => void
  close(): Promise<void>
}

export interface SessionDeps {
  readonly device: DeviceKeys<CryptoKey>
  readonly store: DeviceStore
  /** How documents are kept; without one, as they are. */
  readonly disk?: Disk
  /** What the passphrase opened, where the device lock is on. */
  readonly lockKey?: CryptoKey | null
  readonly clock: Clock
  readonly random: Random
  readonly fetch: Fetch
  readonly openSocket: OpenRelaySocket
  /** Of the app. */
  readonly origin: string
  /** The documents that have databases now, by workspace; null where the browser does not say. */
  readonly foundDocuments: () => Promise<FoundDocuments | null>
}

const STORAGE_PROBLEM =
  'This device could not store the latest changes: its space is used up, or storage was taken away. They are still in memory, and it is tried again: free some space.'

const SYNC_OFF = fail('sync-off', 'Sync is off: nobody else can hear of it.')

/** Errors: `access-invalid`, `root-unreadable`. */
export const openSession = async (stored: StoredWorkspace, deps: SessionDeps): Promise<Result<Session>> => {
  const opened = await openWorkspace(stored, deps)
  if (!opened.ok) return opened
  const workspace = opened.value
  const listeners = createListeners()
  let problem: string | null = null
  let sync: Relays | null = null
  let outbox: Outbox | null = null

  const announce = (): void => listeners.tell()
  const documents = await createDocuments({
    workspace: workspace.id,
    device: deps.store,
    clock: deps.clock,
    first: HOME_DOCUMENT,
    databaseName: id => documentDatabase(workspace.id, id),
    ...(deps.disk && { disk: deps.disk }),
    onProblem: error => {
      problem = error === null ? null : STORAGE_PROBLEM
      announce()
    },
  })
  const hadIndex = documents.known().has(HOME_DOCUMENT)
  const home: OpenDocument = await documents.open(HOME_DOCUMENT)
  performance.mark('index read')
  // Behind the index, which the list waits for, and before any note is opened, which would make its database.
  const found = deps.foundDocuments()
  const notes = createNotes({ documents, home, clock: deps.clock, random: deps.random, rights: workspace })
  performance.mark('index sorted')
  const firstList = createFirstListKeeper({ home: notes.home, open: home, clock: deps.clock })
  documents.onSaving(announce)

  /** Whether everything that others wrote is here, as far as anybody can know. */
  const isComplete = (): boolean => {
    if (workspace.relays().length === 0) return true
    const state = sync?.state()
    return state?.link.phase === 'open' && state.caughtUp && state.remaining === 0
  }
  const recovered = createRecovered({
    documents,
    home: notes.home,
    clock: deps.clock,
    known: () => documents.known().keys(),
    isComplete,
  })
  const vaultKeys = createVaultKeys({
    device: deps.device.device,
    store: deps.store,
    lockKey: deps.lockKey ?? null,
    workspace,
  })
  const vault = createVault({
    ...deps,
    workspace: workspace.id,
    keys: vaultKeys,
    documents,
    isKnown: () => documents.known().has(VAULT_DOCUMENT),
    mayWrite: workspace.mayWrite,
    isComplete,
  })
  const loss = createLossKeeper({
    documents,
    home: notes.home,
    vault,
    store: deps.store,
    key: `loss ${workspace.id}`,
    hadIndex,
    found: found.then(
      all => all && (all.get(workspace.id) ?? new Set()),
      () => null, // a browser that cannot list its databases says nothing of them
    ),
    isComplete: () => isComplete() && (sync === null || sync.state().waiting === 0),
  })
  listeners.add(recovered.check)
  listeners.add(loss.check)
  listeners.add(vault.check)

  const deleted = createDeletedNotes({
    documents,
    home: notes.home,
    clock: deps.clock,
    isRemoving: notes.isRemoving,
  })
  listeners.add(deleted.check)

  const membership = createMembership({
    workspace,
    self: deps.device.device,
    random: deps.random,
    clock: deps.clock,
  })
  const relays = createSessionRelays({
    ...deps,
    workspace,
    isRunning: () => sync !== null || starting !== null,
    start: () => startSync(),
    stop: () => stopSync(),
    clearOutbox: async () => outbox?.clear(workspace.id),
    onChange: announce,
  })
  const duties = createDuties({ ...deps, workspace, membership, relays, sync: () => sync })
  listeners.add(duties.look)
  const stopFollowing = workspace.onChange(() => {
    announce()
    goByNames().catch(error => console.error('The relays that were named could not be taken over.', error))
  })

  let starting: Promise<void> | null = null
  let closed = false

  const goByNames = async (): Promise<void> => {
    if (!closed) await relays.look()
  }

  const createIt = async (): Promise<void> => {
    const used = workspace.relays()
    if (used.length === 0 || sync !== null || closed) return
    await vault
      .beforeSync()
      .catch(error => console.error('The vault could not be sealed for the workspace.', error))
    const { createOutboxClient, createRelays } = await import('../sync/entry.ts')
    outbox ??= createOutboxClient(deps.fetch)
    sync = await createRelays({
      ...deps,
      workspace,
      relays: used,
      documents,
      outbox,
      isDeleted: id => isDeletedIn(notes.home, id),
      index: {
        named: () => noteDocuments(notes.home),
        updated: id => notes.home.get(id)?.row.updated ?? 0,
        onChange: notes.home.onChange,
      },
    })
    sync.onChange(announce)
    announce()
  }

  const startSync = (): Promise<void> => {
    starting ??= createIt().finally(() => {
      starting = null
    })
    return starting
  }

  const stopSync = async (): Promise<void> => {
    await starting?.catch(() => undefined) // whoever started it is told
    const stopping = sync
    sync = null
    await stopping?.stop()
    announce()
  }

  return ok({
    workspace,
    documents,
    notes,
    recovered,
    loss,
    look: createLook(home, notes.home.refusal),
    membership,
    vault,
    openVaultList: () => openVaultList({ vault, keys: vaultKeys, open: documents.open }),
    relays,
    sync: () => sync,
    isUntouched: () => home.doc.store.clients.size === 0 && documents.known().size <= 1,
    storageProblem: () => problem,
    begin: async () => {
      await loss.look().catch(error => console.error('Lost documents could not be looked for.', error))
      await notes.catchUp().catch(error => console.error('Titles could not be brought up to date.', error))
      await goByNames()
      await startSync()
    },
    startSync,
    stopSync,
    publish: async () => (sync === null ? SYNC_OFF : sync.publish()),
    flush: async () => {
      await notes.flush()
      firstList.keep()
      await documents.flush()
    },
    onChange: listeners.add,
    close: async () => {
      closed = true
      recovered.close()
      deleted.close()
      vault.close()
      duties.stop()
      stopFollowing()
      await notes.close()
      firstList.keep()
      firstList.close()
      await documents.flush()
      await stopSync()
      await workspace.close()
      home.release()
      await documents.close()
      listeners.clear()
    },
  })
}
