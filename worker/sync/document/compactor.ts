import * as Y from 'yjs'
import type { DocumentId, EnvelopeId } from '../../../protocol/ids.ts'
import { MAX_REPLACED } from '../../../protocol/limits.ts'
import type { Replace } from '../../../protocol/relay-messages.ts'
import { isPending } from '../../documents/document-state.ts'
import type { Sealer } from '../../keys/sealer.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'
import { isHeavy, isWorthwhile, type Weight } from './compaction.ts'
import { headsOf, type RelayMarks } from './relay-marks.ts'

/** What was read from the start of a log. */
export interface Audit {
  readonly log: Y.Doc
  /** Positions of the entries that were opened and verified, and whose content is in `log`. */
  readonly read: number[]
}

/** Keeps one document's log small: SYNC-7. */
export interface Compactor {
  /** The log may have grown, or what was on its way arrived. */
  look(): void
  /** It may have grown by what others sent: they go first, unless they are gone. */
  lookLater(): void
  /** Nothing new may be sent until what is on its way is confirmed: then the log is read again. */
  draining(): boolean
  /** The log was read from its start: puts it into one envelope where that saves enough. */
  finished(audit: Audit, previous: Uint8Array): Promise<void>
  /** Envelopes that the relay confirmed; `areRead` where they came with the log. */
  confirmed(ids: readonly EnvelopeId[], areRead: boolean): void
  /** True where it was the snapshot that was refused. */
  refused(ids: readonly EnvelopeId[]): boolean
  /** More was sent or read. */
  weigh(more: Pick<Weight, 'entries' | 'bytes'>): void
  /** Whatever was begun counts no more, but for a snapshot that is on its way, once it is confirmed. */
  reset(): void
}

interface Deps {
  readonly document: DocumentId
  readonly slackBytes: number
  readonly clock: Clock
  readonly random: Random
  readonly sealer: Sealer
  readonly send: (message: Replace) => void
  readonly marks: () => RelayMarks | null
  readonly setWeight: (weight: Weight) => void
  /** Whether the log was read to its end and nothing waits for anything. */
  readonly ready: () => boolean
  /** Whether nothing is on its way. */
  readonly drained: () => boolean
  readonly onDraining: () => void
  readonly beginAudit: () => void
}

/** A snapshot on its way. */
interface Snapshot {
  readonly id: EnvelopeId
  readonly bytes: number
  readonly replaced: number
  readonly replacedBytes: number
}

/** Long enough apart that several devices rarely do the same. */
const SOON = { after: 1_000, within: 5_000 }
const LATER = { after: 10_000, within: 30_000 }
const DRAINED_WITHIN_MS = 5_000

export const createCompactor = (deps: Deps): Compactor => {
  let snapshot: Snapshot | null = null
  /** One that was on its way when the log was read anew. If it arrived, that reading may be of the log before it. */
  let former: Snapshot | null = null
  let cancelLater: (() => void) | null = null
  let draining = false
  let cancelDraining = (): void => {}
  /** Grows with each reset. */
  let era = 0

  const isDue = (): boolean => {
    const marks = deps.marks()
    return (
      marks !== null &&
      isHeavy(marks.weight, deps.slackBytes) &&
      snapshot === null &&
      !draining &&
      deps.ready()
    )
  }

  /** Somebody may type without a pause: what comes meanwhile is sent with the difference at the end of the reading. */
  const beginWhenDrained = (): void => {
    if (draining && deps.drained()) deps.beginAudit()
  }

  const weigh: Compactor['weigh'] = more => {
    const { weight } = deps.marks()!
    deps.setWeight({
      ...weight,
      entries: weight.entries + more.entries,
      bytes: weight.bytes + more.bytes,
    })
  }

  const begin = (): void => {
    cancelLater = null
    if (!isDue()) return
    draining = true
    deps.onDraining()
    // A confirmation that never comes must not hold back what is typed: the audit finds out what arrived.
    cancelDraining = deps.clock.after(DRAINED_WITHIN_MS, deps.beginAudit)
    beginWhenDrained()
  }

  const beginWithin = ({ after, within }: typeof SOON): void => {
    if (cancelLater !== null || !isDue()) return
    const delay = after + ((within - after) * deps.random(1)[0]!) / 256
    cancelLater = deps.clock.after(delay, begin)
  }

  return {
    look: () => {
      beginWhenDrained()
      beginWithin(SOON)
    },
    lookLater: () => beginWithin(LATER),
    draining: () => draining,
    finished: async ({ log, read }, previous) => {
      if (isPending(log)) return
      const update = Y.encodeStateAsUpdate(log)
      const { weight, chains } = deps.marks()!
      const size = Y.convertUpdateFormatV1ToV2(update).length
      deps.setWeight({ ...weight, snapshot: size })
      if (!isWorthwhile(weight, size, deps.slackBytes)) return
      const replaced = read.slice(0, MAX_REPLACED)
      const begun = era
      const { document } = deps
      const { id, bytes } = await deps.sealer.sealSnapshot(document, update, headsOf(chains), previous)
      if (begun !== era) return
      const replacedBytes = replaced.length < read.length ? 0 : weight.bytes
      snapshot = { id, bytes: bytes.length, replaced: replaced.length, replacedBytes }
      deps.send({ type: 'replace', document, envelope: bytes, replaced })
    },
    confirmed: (ids, areRead) => {
      if (former !== null && ids.includes(former.id)) {
        const { bytes } = former
        former = null
        // What was read after it counts already.
        if (!areRead) deps.setWeight({ entries: 1, bytes, snapshot: bytes })
      }
      if (snapshot === null || !ids.includes(snapshot.id)) return
      const { bytes, replaced, replacedBytes } = snapshot
      snapshot = null
      weigh({ entries: 1 - replaced, bytes: bytes - replacedBytes })
      deps.setWeight({ ...deps.marks()!.weight, snapshot: bytes })
    },
    refused: ids => {
      if (snapshot === null || !ids.includes(snapshot.id)) return false
      snapshot = null
      // Another device was faster, or there is no room: not again before the log has grown as much once more.
      const { weight } = deps.marks()!
      deps.setWeight({ ...weight, snapshot: weight.bytes })
      return true
    },
    weigh,
    reset: () => {
      era += 1
      former = snapshot ?? former
      snapshot = null
      draining = false
      cancelDraining()
      cancelLater?.()
      cancelLater = null
    },
  }
}
