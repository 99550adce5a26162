import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { LockValue } from '../../protocol/lock.ts'
import type { RecoveredValue } from '../../protocol/notes.ts'
import type { PeopleValue } from '../../protocol/people.ts'
import { ok, type Result } from '../../protocol/result.ts'
import type { ReceiptValue, SyncValue } from '../../protocol/sync.ts'
import type { StorageValue, WorkspacesValue } from '../../protocol/views.ts'
import type { Notes } from '../notes/notes.ts'
import type { Transfer } from '../notes/transfer.ts'
import type { VaultList } from '../vault/vault-list.ts'
import { createNoteView } from './note-view.ts'
import { createNotesView } from './notes-view.ts'
import { createSyncDetailsView, type SyncDetailsSource } from './sync-details-view.ts'
import type { Providers } from './view.ts'
import { claiming, createWholeView, type Observable } from './whole-view.ts'

/** The notes of a workspace, which stays open until they are released. */
export interface HeldNotes {
  readonly notes: Notes
  readonly workspace: WorkspaceId
  release(): void
}

interface Workspace {
  readonly notes: Notes
  /** Those of the workspace that is named, or else of this one. Errors: `no-workspace`, and those of opening it. */
  readonly hold: (workspace: WorkspaceId | undefined) => Promise<Result<HeldNotes>>
  readonly transfer: Transfer
  readonly sync: Observable<SyncValue>
  readonly receipt: (note: DocumentId) => Observable<ReceiptValue>
  readonly details: () => SyncDetailsSource
  readonly recovered: Observable<RecoveredValue>
  readonly storage: Observable<StorageValue>
  readonly lock: Observable<LockValue>
  readonly workspaces: Observable<WorkspacesValue>
  readonly openVaultList: () => Promise<VaultList>
  readonly people: Observable<PeopleValue>
}

/** The views of one workspace. */
export const createProviders = ({ notes, transfer, sync, ...others }: Workspace): Providers => ({
  notes: async request => ok(createNotesView(notes.home, request)),
  note: async request => {
    const held = await others.hold(request.workspace)
    return held.ok ? createNoteView(held.value, request) : held
  },
  sync: async () =>
    ok(
      createWholeView(
        sync,
        claiming(({ phase }) => phase === 'synced'),
      ),
    ),
  transfer: async () => ok(createWholeView(transfer)),
  receipt: async ({ note }) =>
    ok(
      createWholeView(
        others.receipt(note),
        claiming(receipt => receipt?.relayed != null),
      ),
    ),
  'sync-details': async () => ok(createSyncDetailsView(others.details())),
  recovered: async () => ok(createWholeView(others.recovered)),
  storage: async () => ok(createWholeView(others.storage)),
  lock: async () => ok(createWholeView(others.lock)),
  workspaces: async () => ok(createWholeView(others.workspaces)),
  vault: async () => {
    const list = await others.openVaultList()
    return ok({ ...createWholeView(list), close: list.close })
  },
  people: async () => ok(createWholeView(others.people)),
})
