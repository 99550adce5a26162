import type { TextUpdate } from './commands.ts'
import type { DeviceId, DocumentId, WorkspaceId } from './ids.ts'
import type { LockValue } from './lock.ts'
import type { PeopleValue } from './people.ts'
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

export type Place = 'notes' | 'trash'
export type ViewName = ViewRequest['view']

export interface NoteRow {
  readonly id: DocumentId
  /** The first line that is not empty, without Markdown marks; '' for an empty note. */
  readonly title: string
  /** The words after the title, at most 160 characters. */
  readonly excerpt: string
  /** Folder path with `/`, '' at the top. */
  readonly folder: string
  /** Milliseconds since 1970. */
  readonly updated: number
}

export interface NotesValue {
  /** The first `limit` rows, newest first. */
  readonly rows: readonly NoteRow[]
  /** How many match. */
  readonly total: number
  /** How many there are in this place without the filter. */
  readonly all: number
}

/** The order is sent whole only when it changed; rows only those that are new or changed. */
export interface NotesChanges {
  readonly rows: readonly NoteRow[]
  readonly order?: readonly DocumentId[]
  readonly total: number
  readonly all: number
}

/** `version` of the snapshot or delta counts the text's updates, as `edit-note` and CodeMirror's collab do. */
export interface NoteValue {
  readonly workspace: WorkspaceId
  readonly text: string
  /** The text of this version and all before it was read back from the disk. */
  readonly stored: number
  /** How many steps of each editor are in the text, by its id; those that edited long ago are forgotten. */
  readonly counts: Readonly<Record<string, number>>
  readonly place: Place | 'gone'
  readonly folder: string
  /** Others who have this note open now. */
  readonly present: number
  /** This device may not change it. */
  readonly readOnly: boolean
}

export interface NoteChanges {
  /** In order; `to - from` of them. A tab finds its own among them by their clientID. */
  readonly updates: readonly TextUpdate[]
  readonly stored?: number
  readonly place?: Place | 'gone'
  readonly folder?: string
  readonly present?: number
  readonly readOnly?: boolean
}

/** One honest line about where changes are. See `SyncPhase` for what each may claim. */
export interface SyncValue {
  readonly phase: SyncPhase
  /** Notes with changes that no relay has confirmed yet. 0 while sync is off. */
  readonly waiting: number
  /** How many of those the service worker also holds, and will send with every tab closed. */
  readonly queued: number
  /** When a relay last confirmed that it has all, milliseconds since 1970. */
  readonly syncedAt: number | null
  /** When the relay was last reached, or sync was turned on; null while sync is off. Not newer than it has to be. */
  readonly reachedAt: number | null
  /** The first relay; null while sync is off. */
  readonly relay: string | null
  /** All of them, in the order in which they were named. */
  readonly relays: readonly RelayStanding[]
  readonly refusal: { readonly code: string; readonly message: string; readonly advice: string } | null
  /** Envelopes that could not be opened or verified and were set aside. */
  readonly setAside: number
  /** Documents still to compare with the relay. */
  readonly remaining: number
  /** Why this device could not store something; null while all is well. */
  readonly storageProblem: string | null
  /** Whether something typed is not read back from the disk yet. */
  readonly storing: boolean
  /** How many notes this device has, and in which workspace. */
  readonly workspace: string
}

/** One of several relays, in short. */
export interface RelayStanding {
  readonly origin: string
  /** A plain Yjs server: it can read everything, and what it was handed it does not confirm. */
  readonly trusted: boolean
  readonly phase: SyncPhase
}

/**
 * off: nothing leaves the device. connecting: no relay reached yet since the start. syncing: connected, something is
 * on its way. synced: one relay confirmed everything, and everything
 * it had is here; a trusted server was handed everything, which it does not confirm. offline: no connection; it is
 * tried again. refused: the relay said no; `refusal` says why.
 */
export type SyncPhase = 'off' | 'connecting' | 'syncing' | 'synced' | 'offline' | 'refused'

/** A running import or export; null where there is none. */
export type TransferValue = {
  readonly kind: 'import' | 'export'
  readonly done: number
  readonly total: number
} | null

/** How far an open note has come, as it is here; null while sync is off. */
export type ReceiptValue = {
  /** The relay that confirmed all of it, and when, where that is known; null while something is unsent. */
  readonly relayed: { readonly relay: string; readonly at: number | null } | null
  /** The trusted server that was handed all of it, which it does not confirm; null where there is none. */
  readonly handedTo: string | null
  /** Other devices that have stored the newest change of this device. */
  readonly delivered: readonly DeviceId[]
  /** How many other devices the workspace has. */
  readonly others: number
} | null

/** All that the sync page shows. Times are milliseconds since 1970. */
export type SyncDetailsValue = SyncFacts & { readonly events: readonly SyncEvent[] }

export interface SyncFacts {
  readonly relays: readonly RelayFacts[]
  /** This device first. */
  readonly devices: readonly DeviceFacts[]
  readonly queue: {
    /** Documents with something that the relay has not confirmed. */
    readonly waiting: readonly DocumentId[]
    /** Those of them that the service worker holds, too. */
    readonly held: readonly DocumentId[]
    /** Documents still to be compared with the relay. */
    readonly remaining: number
  }
  readonly setAside: readonly {
    readonly document: DocumentId
    readonly reason: string
    readonly count: number
  }[]
  readonly charts: { readonly latency: readonly ChartPoint[]; readonly queue: readonly ChartPoint[] }
}

export interface RelayFacts {
  readonly origin: string
  readonly phase: SyncPhase
  /** Since when it is in this phase. */
  readonly since: number
  readonly reachedAt: number | null
  readonly syncedAt: number | null
  readonly lastError: { readonly code: string; readonly at: number } | null
  readonly trusted: boolean
  /** Where its log ends: the count of all that it was ever sent. Null where it is not connected, or does not say. */
  readonly end: number | null
  /** How many documents this device has, and how many of them the relay has as they are here. */
  readonly documents: number
  readonly confirmed: number
  /** When it was found to have lost what it had confirmed. */
  readonly lostAt: number | null
  /** Changes that came by other relays and that it did not hand out: this device sent them to it. */
  readonly lacked: { readonly changes: number; readonly at: number } | null
}

export interface DeviceFacts {
  readonly id: DeviceId
  readonly self: boolean
  /** When it last told how far it is. */
  readonly seenAt: number | null
  /** Changes of the whole workspace that it has not stored yet, as far as it told; null where it told nothing. */
  readonly behind: number | null
}

export interface ChartPoint {
  readonly at: number
  readonly value: number
}

export interface SyncEvent {
  /** Counts up within one life of the worker. */
  readonly id: number
  readonly at: number
  readonly kind: SyncEventKind
  readonly text: string
}

export type SyncEventKind = 'connection' | 'sent' | 'confirmed' | 'received' | 'queue' | 'devices' | 'problem'

/** Events are sent once; the rest is small. */
export type SyncDetailsChanges = Partial<SyncFacts> & { readonly events: readonly SyncEvent[] }

/** How many events are kept. */
export const SYNC_EVENTS_KEPT = 1000

/** Texts that are here and that the index does not name, titled from the texts themselves. */
export type RecoveredValue = readonly NoteRow[]

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

// ── on the raw MessagePort between a tab and the worker ────────────────────────────────────────

/** From the tab. `watch` is chosen by the tab and names the subscription from then on. */
export type TabMessage =
  | { readonly type: 'watch'; readonly watch: number; readonly request: ViewRequest }
  | { readonly type: 'unwatch'; readonly watch: number }
  /** Ready for the next delta: at most one is under way for each subscription. */
  | { readonly type: 'received'; readonly watch: number }
  /** A gap was seen: send a snapshot. */
  | { readonly type: 'reset'; readonly watch: number }

/** From the worker. `epoch` is one life of the worker; versions count within it. */
export type ViewMessage =
  | {
      readonly type: 'snapshot'
      readonly watch: number
      readonly epoch: string
      readonly version: number
      readonly value: unknown
    }
  | {
      readonly type: 'delta'
      readonly watch: number
      readonly epoch: string
      readonly from: number
      readonly to: number
      readonly changes: unknown
    }
  /**
   * The view cannot be shown (again). Codes: `no-note` (deleted for good), `unknown-note` (the workspace has never
   * heard of it), `no-workspace`, and others.
   */
  | {
      readonly type: 'unavailable'
      readonly watch: number
      readonly code: string
      readonly message: string
    }
