import { toBase64url } from '../../../protocol/bytes.ts'
import { FINGERPRINT_BYTES } from '../../../protocol/envelope.ts'
import type { EnvelopeId, SessionId } from '../../../protocol/ids.ts'
import type { Hello, Mark } from '../../../protocol/relay-messages.ts'
import type { DocumentState } from '../../documents/document-state.ts'
import type { Heads } from '../../keys/snapshot-content.ts'
import { WEIGHTLESS, type Weight } from './compaction.ts'

export { sameMark } from '../../../protocol/relay-messages.ts'

/** What a device remembers of a document at one relay, in the document's own database. */
export interface RelayMarks {
  readonly log: string
  /** Everything of this document up to here was read; its place in the log and the stamp found there. */
  readonly cursor: Mark
  /** What the document held when the last batch that the relay confirmed was cut; null: compare with the log. */
  readonly acknowledged: DocumentState | null
  /** Where the newest change of this device lies, at the latest, and when that was confirmed; null where not known. */
  readonly relayed?: { readonly position: number; readonly at: number } | null
  readonly chains: Chains
  /** Entries that could not be opened, verified or decoded, by position. */
  readonly setAside: readonly SetAside[]
  /** Under which others are asked for what was set aside; null where nothing was, or it was answered. */
  readonly want: string | null
  /** Envelopes that others' chains name and that never came. */
  readonly missing: number
  /** Entries by devices that were not allowed to write any more: content may wait for what others took over of them. */
  readonly late?: number
  /** Something was set aside, or a snapshot lacked something: the whole log is to be compared once more. */
  readonly auditDue: boolean
  /** Our envelopes that the relay confirmed, and that did not come by in its log yet: they lie after the cursor. */
  readonly unread: readonly EnvelopeId[]
  readonly weight: Weight
}

export interface SetAside {
  readonly position: number
  readonly code: string
  /** Another device has looked since, and sent what it had of it. */
  readonly answered?: true
}

/** For each session, fingerprints of its latest envelopes, newest last. */
export type Chains = Readonly<Record<SessionId, readonly string[]>>

export const START: Mark = { position: 0, stamp: null }

export const marksOfNewLog = (log: string): RelayMarks => ({
  log,
  cursor: START,
  acknowledged: null,
  chains: {},
  setAside: [],
  want: null,
  missing: 0,
  auditDue: false,
  unread: [],
  weight: WEIGHTLESS,
})

/** For reading a log from its start. What was bad in it counts as bad until it was read again. */
export const marksOfAudit = (before: RelayMarks | null, log: string): RelayMarks => {
  const start = marksOfNewLog(log)
  if (before === null) return start
  const weight = { ...before.weight, entries: 0, bytes: 0 }
  return before.log === log
    ? { ...start, weight, setAside: before.setAside, want: before.want }
    : { ...start, weight }
}

/** Whether the log ends before what was read of it: it was put back, and may have grown differently since. */
export const isPutBack = (marks: RelayMarks | null, { log, head }: Hello): boolean =>
  marks !== null && marks.log === log && marks.cursor.position > head.position

/** Something in the log could not be read or was not handed out; another time, or from a mended relay, it may be. */
export const isDoubtful = ({ setAside, missing }: RelayMarks): boolean => setAside.length > 0 || missing > 0

/** What the relay is known to have, so that its log can be read on from the cursor; null where it must be audited. */
export const resumableFrom = (marks: RelayMarks | null, hello: Hello): DocumentState | null => {
  if (marks === null || marks.log !== hello.log || isPutBack(marks, hello)) return null
  return marks.auditDue || isDoubtful(marks) ? null : marks.acknowledged
}

const HASHES_KEPT = 32
const SESSIONS_KEPT = 64
const HASHES_IN_SNAPSHOT = 2
const asText = (fingerprint: Uint8Array): string => toBase64url(fingerprint.subarray(0, FINGERPRINT_BYTES))

/**
 * Adds an envelope to its session's chain. `broken` where the chain names an envelope that was never seen. Two
 * envelopes may follow the same one: a device sends again what it saw no confirmation for. A session that is not
 * remembered says nothing either way, unless the log is read from its start.
 */
export const extendChain = (
  chains: Chains,
  envelope: { readonly session: SessionId; readonly previous: Uint8Array; readonly fingerprint: Uint8Array },
  fromStart: boolean,
): { readonly chains: Chains; readonly broken: boolean } => {
  const { [envelope.session]: known, ...others } = chains
  const isFirst = envelope.previous.every(byte => byte === 0)
  const broken = !isFirst && (known ? !known.includes(asText(envelope.previous)) : fromStart)
  const session = [...(known ?? []), asText(envelope.fingerprint)].slice(-HASHES_KEPT)
  const kept = Object.entries(others).slice(-(SESSIONS_KEPT - 1))
  return { chains: { ...Object.fromEntries(kept), [envelope.session]: session }, broken }
}

/** Where the chains end, for a snapshot that takes the place of what they were read from. */
export const headsOf = (chains: Chains): Heads =>
  Object.fromEntries(Object.entries(chains).map(([id, hashes]) => [id, hashes.slice(-HASHES_IN_SNAPSHOT)]))

/** Takes what a snapshot covers for seen. */
export const withHeads = (chains: Chains, heads: Heads): Chains => {
  const joined: Record<SessionId, readonly string[]> = { ...chains }
  for (const [id, hashes] of Object.entries(heads)) {
    const known = joined[id] ?? []
    joined[id] = [...known, ...hashes.filter(hash => !known.includes(hash))].slice(-HASHES_KEPT)
  }
  return Object.fromEntries(Object.entries(joined).slice(-SESSIONS_KEPT))
}
