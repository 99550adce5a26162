import { toBase64url } from '../../protocol/bytes.ts'
import type { SessionId } from '../../protocol/ids.ts'
import type { Mark } from '../../protocol/relay-messages.ts'
import type { DocumentState } from '../documents/document-state.ts'

/** What a device remembers of a document at one relay, in the document's own database. */
export interface RelayMarks {
  readonly log: string
  /** Everything of this document up to here was read; its place in the log and the stamp found there. */
  readonly cursor: Mark
  /** What the document held when the last batch that the relay confirmed was cut; null: compare with the log. */
  readonly acknowledged: DocumentState | null
  readonly chains: Chains
  /** Entries that could not be opened, verified or decoded, by position. */
  readonly setAside: readonly { readonly position: number; readonly code: string }[]
  /** Envelopes that others' chains name and that never came. */
  readonly missing: number
  /** Something was set aside: the whole log is to be compared once more. */
  readonly auditDue: boolean
}

/** For each session, short hashes of its latest envelopes, newest last. */
export type Chains = Readonly<Record<SessionId, readonly string[]>>

export const START: Mark = { position: 0, stamp: null }

export const marksOfNewLog = (log: string): RelayMarks => ({
  log,
  cursor: START,
  acknowledged: null,
  chains: {},
  setAside: [],
  missing: 0,
  auditDue: false,
})

export const sameMark = (a: Mark, b: Mark): boolean => a.position === b.position && a.stamp === b.stamp

const HASHES_KEPT = 32
const SESSIONS_KEPT = 64
const shortHash = (hash: Uint8Array): string => toBase64url(hash.subarray(0, 9))

/**
 * Adds an envelope to its session's chain. `broken` where the chain names an envelope that was never seen. Two
 * envelopes may follow the same one: a device sends again what it saw no confirmation for. A session that is not
 * remembered says nothing either way, unless the log is read from its start.
 */
export const extendChain = (
  chains: Chains,
  envelope: { readonly session: SessionId; readonly previous: Uint8Array; readonly hash: Uint8Array },
  fromStart: boolean,
): { readonly chains: Chains; readonly broken: boolean } => {
  const { [envelope.session]: known, ...others } = chains
  const isFirst = envelope.previous.every(byte => byte === 0)
  const broken = !isFirst && (known ? !known.includes(shortHash(envelope.previous)) : fromStart)
  const session = [...(known ?? []), shortHash(envelope.hash)].slice(-HASHES_KEPT)
  const kept = Object.entries(others).slice(-(SESSIONS_KEPT - 1))
  return { chains: { ...Object.fromEntries(kept), [envelope.session]: session }, broken }
}
