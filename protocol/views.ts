import type { DeviceId, DocumentId, WorkspaceId } from './ids.ts'
import type { LockValue } from './lock.ts'
import type { NoteChanges, NotesChanges, NotesValue, NoteValue, Place, RecoveredValue } from './notes.ts'
import type { PeopleValue } from './people.ts'
import type { ReceiptValue, SyncDetailsChanges, SyncDetailsValue, SyncValue } from './sync.ts'
import type { VaultValue } from './vault.ts'
import type { WorkspaceLook } from './workspace-look.ts'

/** What a tab can watch. Two requests with the same JSON are the same view. */
export type ViewRequest =
  | { readonly view: 'notes'; readonly place: Place; readonly filter: string; readonly limit: number }
  /**
   * A note of the workspace that is named, or else of the one that is shown. The view stays with that workspace when
   * another one is shown: what was typed there has to be stored there.
   */
  | { readonly view: 'note'; readonly note: DocumentId; readonly workspace?: WorkspaceId }
  | { readonly view: 'sync' }
  | { readonly view: 'transfer' }
  | { readonly view: 'receipt'; readonly note: DocumentId }
  | { readonly view: 'sync-details' }
  | { readonly view: 'recovered' }
  | { readonly view: 'storage' }
  | { readonly view: 'lock' }
  | { readonly view: 'workspaces' }
  | { readonly view: 'vault' }
  | { readonly view: 'people' }

export type ViewName = ViewRequest['view']

/** A running import or export; null where there is none. */
export type TransferValue = {
  readonly kind: 'import' | 'export'
  readonly done: number
  readonly total: number
} | null

/** What the browser lost of what was stored here. */
export interface StorageValue {
  /** Made anew where everything was lost, the keys too: a page that remembers another one knows by it. */
  readonly device: DeviceId
  /** Notes of a lost device that were found in what the browser had left, and taken over. */
  readonly kept: number
  readonly renewed: Renewed | null
  readonly loss: DocumentsLoss | null
}

/** Nothing was lost: an earlier version kept workspaces in another form, and its notes are in one of this version now. */
export interface Renewed {
  readonly notes: number
  /** It was at a relay. The new one is at none. */
  readonly synced: boolean
}

/** Databases of texts are gone; what the relay has of them is fetched again. */
export interface DocumentsLoss {
  /** Texts that were gone. */
  readonly gone: number
  /** Whether the list of notes was gone too. */
  readonly index: boolean
  /** Some of them may still come from the relay. */
  readonly fetching: boolean
  /** Titles of the notes whose newest text did not come back; '' where there is none. */
  readonly lost: readonly string[]
  /** Titles of those that came back as the index knew them, and may have had words that no relay had heard of. */
  readonly unsure: readonly string[]
}

/** All workspaces of this device, by name. One of them is shown, in all tabs the same. */
export interface WorkspacesValue {
  readonly rows: readonly WorkspaceRow[]
}

export interface WorkspaceRow extends WorkspaceLook {
  readonly id: WorkspaceId
  /** shared: more than one person is in it. As it was when it was open. */
  readonly kind: 'personal' | 'shared'
  readonly current: boolean
  readonly sync: boolean
  /** It was never at a relay: what is on this device is all there is. */
  readonly onlyHere: boolean
  /** What this device may do; null where it may do nothing any more, or the workspace is not open. */
  readonly role: 'owner' | 'admin' | 'editor' | 'reader' | null
  /** How many devices are in it, this one too; null where it is not open. */
  readonly devices: number | null
}

export interface Views {
  notes: { value: NotesValue; changes: NotesChanges }
  note: { value: NoteValue; changes: NoteChanges }
  sync: { value: SyncValue; changes: SyncValue }
  transfer: { value: TransferValue; changes: TransferValue }
  receipt: { value: ReceiptValue; changes: ReceiptValue }
  'sync-details': { value: SyncDetailsValue; changes: SyncDetailsChanges }
  recovered: { value: RecoveredValue; changes: RecoveredValue }
  storage: { value: StorageValue; changes: StorageValue }
  lock: { value: LockValue; changes: LockValue }
  workspaces: { value: WorkspacesValue; changes: WorkspacesValue }
  vault: { value: VaultValue; changes: VaultValue }
  people: { value: PeopleValue; changes: PeopleValue }
}
