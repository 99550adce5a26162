import * as Y from 'yjs'
import type { DocumentId, EnvelopeId } from '../../../protocol/ids.ts'
import type { Content, Done, Known } from '../../../protocol/relay-messages.ts'
import type { Result } from '../../../protocol/result.ts'
import { isPending } from '../../documents/document-state.ts'
import type { Opened, Sealer } from '../../keys/sealer.ts'
import type { Clock } from '../../platform/clock.ts'
import { type Random, randomId } from '../../platform/random.ts'
import type { DocumentStore } from '../../storage/document-store.ts'
import type { RelayLink } from '../relay/relay-link.ts'
import { covers, heldIn } from './compaction.ts'
import type { Audit } from './compactor.ts'
import type { KeptMarks } from './kept-marks.ts'
import { type OfSome, readContent } from './read-content.ts'
import { marksOfAudit, sameMark } from './relay-marks.ts'
import { asAnswered, mayLieInLog, wantAfter, withoutGone } from './set-aside.ts'

/** Follows a document's log at the relay: from the cursor on, or all of it, to compare it (an audit). */
export interface Reader {
  /** A connection is there, and it reads. */
  isOpen(): boolean
  /** The log was read to its end, and is followed. */
  isLive(): boolean
  isAuditing(): boolean
  /** Nothing new is known to be in the log. */
  isCaughtUp(): boolean
  /** Reads on after the cursor. */
  load(): void
  /** Reads the whole log into an empty document, to send exactly what the log lacks. Always safe (SYNC-4). */
  audit(): void
  /** The same, only to make the log smaller. */
  auditToCompact(): void
  /** Now, or as soon as there is a connection. */
  auditInTime(): void
  content(message: Content): Promise<void>
  done(message: Done): void
  known(message: Known): void
  /** Others may have answered what is wanted here. */
  checkWant(): void
  close(): void
}

interface Deps {
  readonly document: DocumentId
  readonly store: Pick<DocumentStore, 'doc'>
  readonly marks: KeptMarks
  readonly sealer: Pick<Sealer, 'session' | 'open'>
  readonly clock: Clock
  readonly random: Random
  readonly link: Pick<RelayLink, 'send' | 'newRequest'>
  /** The relay's log, as it greeted us. */
  readonly log: () => string
  readonly apply: (updates: readonly Uint8Array[]) => void
  /** Our envelopes that the relay has; `areRead`: they came with the log. */
  readonly onKnown: (ids: readonly EnvelopeId[], areRead: boolean) => void
  readonly onOwn: (ids: readonly EnvelopeId[]) => void
  /** An audit begins: what was sent before counts no more. The marks are still those from before. */
  readonly onAudit: () => void
  /** The whole log was read. */
  readonly onAudited: (audit: Audit) => void
  /** All that was there is here now. */
  readonly onLive: () => void
  /** Something here could not be read: other devices are to be asked under this name. */
  readonly onWant: (want: string) => void
  readonly isAnswered: (want: string) => boolean
  /** The log is not the one that was read before. */
  readonly onOtherHistory: () => void
  readonly onChange: () => void
}

/** What is found bad while all is live may come in numbers. */
const AUDIT_PAUSE_MS = 1_000

export const createReader = (deps: Deps): Reader => {
  const { document, marks } = deps
  const { doc } = deps.store
  let phase: 'closed' | 'reading' | 'live' = 'closed'
  /** Names the latest `load`: answers to an older one are dropped. 0 where none is open. */
  let request = 0
  /** What every member gets from the log, while it is read from its start. */
  let audited: (Audit & { readonly bad: Set<number>; readonly ofSome: OfSome[] }) | null = null
  /** The log is read only to be compacted: nothing new is known to be there. */
  let tidying = false
  let cancelAudit: (() => void) | null = null

  const load = (): void => {
    request = deps.link.newRequest()
    phase = 'reading'
    deps.link.send({ type: 'load', document, after: marks.get()!.cursor.position, request })
    deps.onChange()
  }

  const audit = (): void => {
    deps.onAudit()
    audited = { log: new Y.Doc(), read: [], bad: new Set(), ofSome: [] }
    marks.replace(marksOfAudit(marks.get(), deps.log()))
    load()
  }

  const auditOtherHistory = (): void => {
    deps.onOtherHistory()
    audit()
  }

  const auditSoon = (): void => {
    cancelAudit ??= deps.clock.after(AUDIT_PAUSE_MS, () => {
      cancelAudit = null
      if (phase === 'live' && marks.get()?.auditDue) audit()
    })
  }

  const takeOver = ({ entries, to }: Content, opened: readonly Result<Opened>[]): void => {
    const before = marks.get()!
    const read = entries.map((entry, index) => ({ entry, opened: opened[index]! }))
    const auditing = audited !== null
    const wasPending = isPending(doc)
    const { session } = deps.sealer
    const reading = readContent(before, read, { session, auditing, covers: update => covers(update, doc) })
    deps.apply(reading.updates)
    audited?.log.transact(({ doc: log }) => {
      for (const update of reading.lasting) Y.applyUpdate(log, update)
    })
    audited?.read.push(...reading.positions)
    audited?.ofSome.push(...reading.ofSome)
    for (const { entry, opened } of read) if (!opened.ok) audited?.bad.add(entry.position)
    const want = wantAfter(before, reading.marks, {
      wasPending,
      isPending: isPending(doc),
      auditing,
      newName: () => randomId(deps.random),
    })
    const came = new Set(opened.flatMap(result => (result.ok ? result.value.id : [])))
    const unread = before.unread.filter(id => !came.has(id))
    // Others may have found nothing wrong with what was bad here: a relay may hand out now what it withheld then.
    const waitsAnew = !auditing && !wasPending && mayLieInLog(reading.marks, isPending(doc))
    const auditDue = reading.marks.auditDue || waitsAnew
    marks.set({ ...reading.marks, want, unread, auditDue, cursor: to })
    if (want !== null) deps.onWant(want)
    if (reading.own.length > 0) deps.onOwn(reading.own)
  }

  const finishAudit = (finished: NonNullable<typeof audited>): void => {
    audited = null
    const left = withoutGone(marks.get()!, finished.bad)
    if (left !== null) marks.set(left)
    const held = heldIn(finished.log, finished.ofSome).map(({ position }) => position)
    deps.onAudited({ log: finished.log, read: [...finished.read, ...held] })
  }

  return {
    isOpen: () => phase !== 'closed',
    isLive: () => phase === 'live',
    isAuditing: () => audited !== null,
    isCaughtUp: () => phase === 'live' || tidying,
    load,
    audit,
    auditToCompact: () => {
      tidying = true
      audit()
    },
    auditInTime: () => {
      if (marks.get() === null) return // it will be one anyway
      if (phase === 'live') audit()
      else if (audited === null) marks.set({ auditDue: true })
    },
    content: async message => {
      const before = marks.get()
      if (message.request !== request || before === null) return
      if (message.from.position !== before.cursor.position) return load()
      if (!sameMark(message.from, before.cursor)) return auditOtherHistory()
      const opened = await Promise.all(
        message.entries.map(entry => deps.sealer.open(document, entry.envelope)),
      )
      if (message.request !== request || phase === 'closed') return
      takeOver(message, opened)
      if (phase === 'live' && marks.get()!.auditDue) auditSoon()
    },
    done: ({ request: answered, head }) => {
      const before = marks.get()
      if (answered !== request || before === null || phase === 'closed') return
      if (!sameMark(head, before.cursor)) {
        // Shorter than what we have read, or another log under the same name. An audit has just read it from its start.
        if (audited === null) return auditOtherHistory()
        marks.set({ cursor: head })
      }
      phase = 'live'
      tidying = false
      if (audited !== null) finishAudit(audited)
      // The relay confirmed them once: this log was rolled back to a place that lies after our cursor.
      else if (before.unread.length > 0) return auditOtherHistory()
      else if (before.auditDue) return audit()
      deps.onLive()
    },
    known: ({ from, to, envelopes }) => {
      const before = marks.get()
      const isNext = before !== null && sameMark(from, before.cursor)
      if (isNext) marks.set({ cursor: to })
      deps.onKnown(envelopes, isNext && !sameMark(from, to))
    },
    checkWant: () => {
      const before = marks.get()
      if (before === null || before.want === null) return
      if (!deps.isAnswered(before.want)) return deps.onWant(before.want)
      // Where only our reading of an entry was bad, the others found nothing missing in the log: it is read once more.
      marks.set({ want: null, setAside: asAnswered(before.setAside), auditDue: true })
      auditSoon()
      deps.onChange()
    },
    close: () => {
      phase = 'closed'
      request = 0
      audited?.log.destroy()
      audited = null
      tidying = false
      cancelAudit?.()
      cancelAudit = null
    },
  }
}
