import type { PersonId } from './access/acts.ts'
import type { DeviceId, DocumentId, NamedRelayId } from './ids.ts'

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
  /** What the workspace names for all devices, and this one does not use. */
  readonly unused: readonly UnusedRelay[]
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

/** Who named a relay for all devices, and when, in milliseconds since 1970. */
export interface RelayNamed {
  readonly by: PersonId
  readonly at: number
}

export interface UnusedRelay {
  readonly id: NamedRelayId
  /** As it was written; '' where it could not be read. */
  readonly address: string
  /** left: this device alone does not use it. unusable: it cannot. many: there are more than a device uses. */
  readonly why: 'left' | 'unusable' | 'many'
  readonly named: RelayNamed
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
  /** Null where this device alone uses it. */
  readonly named: RelayNamed | null
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
