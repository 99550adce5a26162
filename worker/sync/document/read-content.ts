import type { EnvelopeId, SessionId } from '../../../protocol/ids.ts'
import type { Entry } from '../../../protocol/relay-messages.ts'
import type { Result } from '../../../protocol/result.ts'
import { LATE, type Opened } from '../../keys/sealer.ts'
import { extendChain, type RelayMarks, withHeads } from './relay-marks.ts'

export interface ReadEntry {
  readonly entry: Entry
  readonly opened: Result<Opened>
}

/** What a piece of the log means. */
export interface Reading {
  readonly marks: Pick<RelayMarks, 'chains' | 'setAside' | 'missing' | 'auditDue' | 'weight' | 'late'>
  /** Yjs updates to apply, in order. */
  readonly updates: readonly Uint8Array[]
  /** Those of them that every member can read in this log; the others have to be sent again. */
  readonly lasting: readonly Uint8Array[]
  /** Positions of the entries whose place a snapshot of those may take. */
  readonly positions: readonly number[]
  /** The others. */
  readonly ofSome: readonly OfSome[]
  /** Envelopes of our own session: the relay has them. */
  readonly own: readonly EnvelopeId[]
}

/** What only some members can read: it stays in the log until that holds the same for all. */
export interface OfSome {
  readonly position: number
  readonly update: Uint8Array
}

interface How {
  readonly session: SessionId
  /** The log is read from its start. */
  readonly auditing: boolean
  /** Whether a snapshot has everything that is here. */
  readonly covers: (update: Uint8Array) => boolean
}

/** Goes through entries that were opened. One that could not be is set aside and stops nothing (SYNC-8). */
export const readContent = (before: RelayMarks, entries: readonly ReadEntry[], how: How): Reading => {
  let { chains, setAside, missing, auditDue, weight, late = 0 } = before
  const updates: Uint8Array[] = []
  const lasting: Uint8Array[] = []
  const own: EnvelopeId[] = []
  const positions: number[] = []
  const ofSome: OfSome[] = []
  const read = new Set<number>()
  for (const { entry, opened } of entries) {
    if (read.has(entry.position)) continue // a relay that repeats itself
    const size = entry.envelope.length
    weight = { ...weight, entries: weight.entries + 1, bytes: weight.bytes + size }
    if (!opened.ok && opened.error.code === LATE) {
      // It counts for nobody, and the next snapshot takes its place too.
      read.add(entry.position)
      positions.push(entry.position)
      late += 1
      continue
    }
    if (!opened.ok) {
      if (setAside.some(({ position }) => position === entry.position)) continue
      setAside = [...setAside, { position: entry.position, code: opened.error.code }]
      auditDue = !how.auditing
      continue
    }
    // It was bad when it came the first time: a relay may mend, or be another one.
    setAside = setAside.filter(({ position }) => position !== entry.position)
    const { heads, update, session, id, isForAll } = opened.value
    if (heads !== null) {
      chains = withHeads(chains, heads)
      // It stands for others now; how many of them is not said, and matters little.
      weight = { entries: 1, bytes: size, snapshot: size }
      if (!how.auditing && session !== how.session) auditDue ||= !how.covers(update)
    }
    const link = extendChain(chains, opened.value, how.auditing)
    chains = link.chains
    if (link.broken) {
      missing += 1
      // A relay that kept something back may hand it out when it is asked again.
      auditDue ||= !how.auditing
    }
    if (session === how.session) own.push(id)
    read.add(entry.position)
    updates.push(update)
    if (isForAll) {
      lasting.push(update)
      positions.push(entry.position)
    } else ofSome.push({ position: entry.position, update })
  }
  return {
    marks: { chains, setAside, missing, auditDue, weight, late },
    updates,
    lasting,
    positions,
    ofSome,
    own,
  }
}
