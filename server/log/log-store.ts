import type { DeviceId, DocumentId, EnvelopeId, WorkspaceId } from '../../protocol/ids.ts'
import type { Entry, Mark, RefusalCode, Stamp } from '../../protocol/relay-messages.ts'

/**
 * Where a relay keeps the logs of its workspaces, and what is said about their members. One contract suite runs on every implementation:
 * tests/contract/log-store.ts.
 */
export interface LogStore {
  /** What is kept of a workspace, or null where there is none. */
  find(workspace: WorkspaceId): Promise<StoredWorkspace | null>
  /** Makes a workspace with an empty log under a fresh random id. Rejects where it exists. */
  create(workspace: WorkspaceId, firstStatement: string): Promise<void>
  /**
   * Adds statements behind those that are there. Durable when it resolves. Rejects where there are not exactly `count`
   * of them. The slots of devices that are not among `members` go in the same transaction.
   */
  addStatements(
    workspace: WorkspaceId,
    count: number,
    texts: readonly string[],
    members: readonly DeviceId[],
  ): Promise<void>
  /**
   * Resolves after the commit, in the order of the calls. Rejects with `StoreFailed` where nothing was stored. The
   * envelopes of one request become visible to readers together.
   */
  append(request: AppendRequest): Promise<Appended>
  /**
   * Removes the bytes of at most `limit` entries that were replaced before a time (milliseconds since 1970), and
   * resolves with how many. Their positions keep their stamps.
   */
  purge(replacedBefore: number, limit: number): Promise<number>
  /**
   * Deletes all that is kept of a workspace but what is said about its members, in one transaction: what was appended before the call
   * too. The workspace takes nothing more until `renew`.
   */
  empty(workspace: WorkspaceId): Promise<void>
  /** Lets a workspace that was deleted be used again. Its log is empty and has another id than before. */
  renew(workspace: WorkspaceId): Promise<void>
  /** The stamp that the log has at a position, null where the log does not reach it. */
  mark(workspace: WorkspaceId, position: number): Promise<Mark>
  /**
   * Entries after a position that were not replaced, in order: of one document, or of the whole log where `document` is
   * null. They are on the disk when it resolves: who reads them says so.
   */
  read(workspace: WorkspaceId, query: ReadQuery): Promise<LogPage>
  /** Documents with entries after a position, by the position of their last entry. */
  changes(workspace: WorkspaceId, after: number, limit: number): Promise<ChangesPage>
  /** The newest slot of each device. */
  slots(workspace: WorkspaceId): Promise<readonly Slot[]>
  /** Keeps a device's slot in place of its last one; durable when it resolves. False where the quota has no room. */
  setSlot(workspace: WorkspaceId, slot: Slot, quotaBytes: number): Promise<boolean>
  /** Rejects where the store takes no transaction. */
  check(): Promise<void>
  /** Commits what was appended, then lets go of the files. */
  close(): Promise<void>
}

export class StoreFailed extends Error {}

interface StoredWorkspace {
  /** Random id of the log. */
  readonly log: string
  /** Where the log ends. */
  readonly head: Mark
  /** The signed statements about its members, in the order in which they came. */
  readonly statements: readonly string[]
  /** An owner deleted it: the statements are all that is left. */
  readonly deleted: boolean
}

/** One small sealed value of a device. */
export interface Slot {
  readonly device: DeviceId
  readonly data: Uint8Array
}

export interface AppendRequest {
  readonly workspace: WorkspaceId
  readonly document: DocumentId
  readonly envelopes: readonly NamedEnvelope[]
  /** Entries of the document whose place the envelopes take: if one is not there, or no longer, nothing is stored. */
  readonly replaced?: readonly number[]
  readonly quota: Quota
}

export interface NamedEnvelope {
  readonly id: EnvelopeId
  readonly bytes: Uint8Array
}

export interface Quota {
  /** Of envelopes and slots together. */
  readonly bytes: number
  readonly documents: number
}

export interface Appended {
  /** Where the document ended before and ends now; equal where nothing was new. */
  readonly from: Mark
  readonly to: Mark
  /** What was new. */
  readonly entries: readonly Entry[]
  /** All that is durable now, new or repeated. */
  readonly known: readonly EnvelopeId[]
  readonly refused: readonly { readonly id: EnvelopeId; readonly code: AppendRefusal }[]
}

export type AppendRefusal = Extract<
  RefusalCode,
  'envelope-conflict' | 'replace-conflict' | 'workspace-deleted' | 'quota-bytes' | 'quota-documents'
>

interface ReadQuery {
  readonly document: DocumentId | null
  readonly after: number
  readonly maxEntries: number
  /** A page ends with the entry that reaches this size, so that it always has one if there is one. */
  readonly maxBytes: number
}

export interface LogEntry extends Entry {
  readonly document: DocumentId
  readonly stamp: Stamp
}

interface LogPage {
  readonly entries: readonly LogEntry[]
  readonly more: boolean
  /** Where the document (or the whole log) ends at the time of reading. */
  readonly head: Mark
}

interface ChangesPage {
  readonly documents: readonly { readonly document: DocumentId; readonly head: number }[]
  readonly more: boolean
  /** All changes up to here were named: the last of a full page, else the end of the log. */
  readonly to: Mark
}

export const NOWHERE: Mark = { position: 0, stamp: null }
