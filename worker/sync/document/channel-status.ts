import type { Attachment } from '../../documents/attachments.ts'
import { isPending } from '../../documents/document-state.ts'
import type { DocumentStore } from '../../storage/document-store.ts'
import type { StoredUpTo } from '../devices/stored-position.ts'
import type { KeptMarks } from './kept-marks.ts'
import type { OutboxSlot } from './outbox-slot.ts'
import type { Reader } from './reader.ts'
import { isDoubtful, type RelayMarks, START } from './relay-marks.ts'
import type { Sender } from './sender.ts'
import { isMadeUpFor, troubleCount } from './set-aside.ts'
import type { Turns } from './turns.ts'

/** How far a document and its log at one relay have come together, computed when it is asked for. */
export interface ChannelStatus extends Pick<Attachment, 'clean' | 'unsent' | 'settled'> {
  /** Everything that the relay had when we asked is here. */
  caughtUp(): boolean
  queued(): boolean
  setAside(): number
  setAsideEntries(): RelayMarks['setAside']
  cursor(): number
  /** How far this document's part of the log was read back from the disk; null before the relay has answered. */
  storedUpTo(): StoredUpTo | null
  /** Where the newest change of this device is confirmed; null where something is unsent. */
  relayed(): Relayed | null
}

export interface Relayed {
  readonly log: string
  /** Null where the relay has not told the place yet. */
  readonly at: { readonly position: number; readonly at: number } | null
}

interface Parts {
  readonly store: Pick<DocumentStore, 'doc' | 'saving'>
  readonly marks: Pick<KeptMarks, 'get' | 'storedPosition'>
  readonly sender: Pick<Sender, 'unsent'>
  readonly reader: Pick<Reader, 'isLive' | 'isAuditing' | 'isCaughtUp'>
  readonly outbox: Pick<OutboxSlot, 'entry'>
  /** What the relay sent, and what is not dealt with yet. */
  readonly received: Pick<Turns, 'open'>
}

export const createChannelStatus = ({ store, marks, sender, reader, ...parts }: Parts): ChannelStatus => {
  const isInHand = (): boolean => parts.received.open() > 0

  const clean: ChannelStatus['clean'] = () => {
    const now = marks.get()
    if (now === null || now.acknowledged === null || now.auditDue || now.unread.length > 0) return null
    if (reader.isAuditing() || isInHand() || sender.unsent()) return null
    const clean = { log: now.log, position: now.cursor.position }
    return isDoubtful(now) ? { ...clean, doubtful: true } : clean
  }

  return {
    clean,
    settled: () => reader.isLive() && clean() !== null,
    caughtUp: reader.isCaughtUp,
    unsent: sender.unsent,
    queued: () => parts.outbox.entry() !== null,
    setAside: () => {
      const now = marks.get()
      return now === null ? 0 : troubleCount(now, isPending(store.doc))
    },
    setAsideEntries: () => marks.get()?.setAside ?? [],
    cursor: () => (marks.get()?.cursor ?? START).position,
    storedUpTo: () => {
      const now = marks.get()
      if (!reader.isLive() || now === null) return null
      // Others may have taken over what was left out here, and built on it: that is not stored before it was sent again.
      if ((now.late ?? 0) > 0 && isPending(store.doc)) return { position: START.position, quiet: false }
      const position = marks.storedPosition()
      const bad = now.setAside
        .filter(entry => now.auditDue || !isMadeUpFor(entry))
        .map(entry => entry.position)
      if (!now.auditDue && bad.length === 0)
        return { position, quiet: !isInHand() && position === now.cursor.position && !store.saving() }
      return { position: Math.min(position, ...bad.map(at => at - 1)), quiet: false }
    },
    relayed: () => {
      const now = marks.get()
      if (now === null || now.acknowledged === null || sender.unsent()) return null
      return { log: now.log, at: now.relayed ?? null }
    },
  }
}
