import type { DocumentId, WorkspaceId } from './ids.ts'

/**
 * Between the SharedWorker and the service worker. A SharedWorker cannot reach its service worker but by fetching a
 * same-origin address:
 *
 * - `PUT /outbox/<entry id>` with an `OutboxEntry` as CBOR: stored, replacing an older one of that id, and then tried.
 * - `DELETE /outbox/<entry id>`: no longer needed, a relay confirmed it on another way.
 * - `DELETE /outbox/?workspace=<id>`: nothing of this workspace may leave this device any more.
 * - `GET /outbox/`: an `OutboxState`.
 *
 * The entry's id is one segment of the path, percent-encoded like any other (`encodeURIComponent`).
 *
 * Only an answer with status 202 (PUT, DELETE) or 200 (GET) **and** the header `holdfast-outbox: 1` is the service
 * worker's own; anything else came from a server that knows no such path, and means "not stored".
 */
export const OUTBOX_PATH = '/outbox/'
export const OUTBOX_HEADER = 'holdfast-outbox'
/** Tag of the one-off Background Sync; the page registers it as soon as something is unsent. */
export const SYNC_TAG = 'holdfast-outbox'
/** BroadcastChannel on which the service worker reports (`OutboxReport`). */
export const OUTBOX_CHANNEL = 'holdfast-outbox'

/** The unsent rest of one document for one relay, sealed. */
export interface OutboxEntry {
  /** Origin of the relay, for example `http://localhost:4321`. */
  readonly relay: string
  readonly workspace: WorkspaceId
  readonly document: DocumentId
  readonly envelopes: readonly Uint8Array[]
  /** The largest `gen` of the statements about members that the device knows, for the token. */
  readonly generation: number
}

/** Whether an entry with this id is of a workspace. */
export const isEntryOf = (workspace: WorkspaceId, entry: string): boolean =>
  entry.split('.').at(-2) === workspace

export const outboxEntryId = (relay: string, workspace: WorkspaceId, document: DocumentId): string =>
  `${encodeURIComponent(relay)}.${workspace}.${document}`

export interface OutboxState {
  readonly entries: number
}

/** What became of an entry. */
export type OutboxReport =
  | { readonly type: 'delivered'; readonly entry: string; readonly envelopes: readonly string[] }
  | { readonly type: 'refused'; readonly entry: string; readonly code: string; readonly message: string }
  | { readonly type: 'waiting'; readonly entries: number }
