import type { DeviceId, DocumentId, EnvelopeId } from './ids.ts'

/** A place in a workspace's log, counted from 1; 0 stands for "before the first entry". */
export type Position = number
/** 8 random bytes as base64url that the relay draws for a position: tells a log from its restored twin. */
export type Stamp = string
export const STAMP_BYTES = 8

/** A place with its stamp. The stamp is null for place 0, and for places that the log does not have. */
export interface Mark {
  readonly position: Position
  readonly stamp: Stamp | null
}

export const sameMark = (a: Mark, b: Mark): boolean => a.position === b.position && a.stamp === b.stamp

export interface Entry {
  readonly position: Position
  /** The envelope's bytes as they were received. */
  readonly envelope: Uint8Array
}

// ── from a device to the relay ─────────────────────────────────────────────────────────────────

/** Asks for everything of a document after a place, and subscribes to what comes later. */
export interface Load {
  readonly type: 'load'
  readonly document: DocumentId
  readonly after: Position
  /** Chosen by the device; comes back with every answer, so that answers to an older request can be dropped. */
  readonly request: number
}

/** Ends the subscription that `load` began. */
export interface Leave {
  readonly type: 'leave'
  readonly document: DocumentId
}

/** Adds envelopes of one document in this order. Repeating an envelope is harmless. */
export interface Append {
  readonly type: 'append'
  readonly document: DocumentId
  readonly envelopes: readonly Uint8Array[]
}

/**
 * Puts a snapshot in the place of entries of its document, all of them or none: refused with `replace-conflict` where
 * one of them is not there. Confirmed by `known`, and told to the others as any other entry.
 */
export interface Replace {
  readonly type: 'replace'
  readonly document: DocumentId
  /** An envelope of the kind `snapshot`. */
  readonly envelope: Uint8Array
  readonly replaced: readonly Position[]
}

/** Asks which documents have entries after a place of the whole log, and to be told of later ones. */
export interface Watch {
  readonly type: 'watch'
  readonly after: Position
}

/** Sealed presence, passed on to the document's other subscribers and not kept; dropped where it comes too often. */
export interface Ephemeral {
  readonly type: 'ephemeral'
  readonly document: DocumentId
  readonly data: Uint8Array
}

/** One small sealed value that the relay keeps for this device; the newest replaces the one before. */
export interface SetSlot {
  readonly type: 'slot'
  readonly data: Uint8Array
}

/** A fresh token before the old one runs out. */
export interface Renew {
  readonly type: 'renew'
  readonly token: string
}

export interface Ping {
  readonly type: 'ping'
}

export type ClientMessage = Load | Leave | Append | Replace | Watch | Ephemeral | SetSlot | Renew | Ping

// ── from the relay to a device ─────────────────────────────────────────────────────────────────

/** The first message on a connection. */
export interface Hello {
  readonly type: 'hello'
  readonly protocol: number
  /** Random id of this log. Another id means another log: nothing known about the old one holds. */
  readonly log: string
  readonly head: Mark
  /** The largest `gen` of the statements about members that the relay has. */
  readonly generation: number
  /** Digest of their heads: equal where both sides know the same. */
  readonly access: string
}

/** Everything that the document has in (from, to]. Holes in the positions belong to other documents. */
export interface Content {
  readonly type: 'content'
  readonly document: DocumentId
  /** The request of the `load` that this answers or continues. */
  readonly request: number
  readonly from: Mark
  readonly to: Mark
  readonly entries: readonly Entry[]
}

/** The answer to a `load` is complete; what follows is live. `head` is where the document's log ended then. */
export interface Done {
  readonly type: 'done'
  readonly document: DocumentId
  readonly request: number
  readonly head: Mark
}

/** These envelopes are durable. What was new of them lies in (from, to]; from equals to where all was known. */
export interface Known {
  readonly type: 'known'
  readonly document: DocumentId
  readonly envelopes: readonly EnvelopeId[]
  readonly from: Mark
  readonly to: Mark
}

/** Documents that got entries in (…, to] of the whole log, with the last place of each. */
export interface Changed {
  readonly type: 'changed'
  readonly documents: readonly { readonly document: DocumentId; readonly head: Position }[]
  /** The stamp that the log has at the place that `watch` named; null where there is none. */
  readonly from: Mark
  readonly to: Mark
}

/** The newest slots of other devices: of all of them after `hello`, of the changed ones later. */
export interface Slots {
  readonly type: 'slots'
  readonly slots: readonly { readonly device: DeviceId; readonly data: Uint8Array }[]
}

/** There is something new about the members. Both fields as in `hello`. */
export interface AccessChanged {
  readonly type: 'access'
  readonly generation: number
  readonly access: string
}

/** One message was refused; the connection goes on. A reason to end it is a close code instead. */
export interface Refused {
  readonly type: 'refused'
  readonly code: RefusalCode
  readonly message: string
  readonly document: DocumentId | null
  readonly envelopes: readonly EnvelopeId[]
}

export interface Pong {
  readonly type: 'pong'
}

export type RelayMessage =
  | Hello
  | Content
  | Done
  | Known
  | Changed
  | Slots
  | AccessChanged
  | Refused
  | Ephemeral
  | Pong

/** Why a relay refuses. The table in README.md gives the HTTP status and the close code of each. */
export type RefusalCode =
  | 'malformed'
  | 'too-large'
  | 'token-missing'
  | 'token-invalid'
  | 'token-expired'
  | 'token-early'
  | 'not-a-member'
  | 'scope'
  | 'origin'
  | 'unknown-workspace'
  | 'unknown-path'
  | 'access-conflict'
  | 'access-invalid'
  | 'operator-code'
  | 'not-listed'
  | 'workspace-deleted'
  | 'envelope-malformed'
  | 'envelope-signature'
  | 'envelope-conflict'
  | 'replace-conflict'
  | 'quota-bytes'
  | 'quota-documents'
  | 'too-many-connections'
  | 'rate'
  | 'slow-reader'
  | 'shutting-down'
  | 'internal'

/** WebSocket close codes: 4000 and the HTTP status that says the same. */
export const CLOSE_CODES: Readonly<Record<RefusalCode, number>> = {
  malformed: 4400,
  'token-missing': 4401,
  'token-invalid': 4401,
  'token-expired': 4401,
  'token-early': 4401,
  'operator-code': 4403,
  'not-listed': 4403,
  'not-a-member': 4403,
  scope: 4403,
  origin: 4403,
  'unknown-workspace': 4404,
  'unknown-path': 4404,
  'slow-reader': 4408,
  'access-conflict': 4409,
  'envelope-conflict': 4409,
  'replace-conflict': 4409,
  'workspace-deleted': 4410,
  'too-large': 4413,
  'access-invalid': 4422,
  'envelope-malformed': 4422,
  'envelope-signature': 4422,
  'too-many-connections': 4429,
  rate: 4429,
  internal: 4500,
  'shutting-down': 4503,
  'quota-bytes': 4507,
  'quota-documents': 4507,
}

/** Refusals that trying again does not change; somebody has to do something. */
const LASTING: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'not-a-member',
  'scope',
  'origin',
  'operator-code',
  'not-listed',
  'workspace-deleted',
  'access-invalid',
  'quota-bytes',
  'quota-documents',
])

export const isLasting = (code: RefusalCode): boolean => LASTING.has(code)

/** Refusals that say: the clocks of the device and the relay do not agree. */
export const blamesClock = (code: string): code is 'token-expired' | 'token-early' =>
  code === 'token-expired' || code === 'token-early'

export const isRefusalCode = (value: unknown): value is RefusalCode =>
  typeof value === 'string' && Object.hasOwn(CLOSE_CODES, value)
