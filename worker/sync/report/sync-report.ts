import type { DeviceId, DocumentId } from '../../../protocol/ids.ts'
import type { DeviceFacts, SyncFacts } from '../../../protocol/sync.ts'
import type { RelayDocuments } from '../../documents/relay-documents.ts'
import type { CatchUp } from '../catch-up.ts'
import { factsOfOthers } from '../devices/device-facts.ts'
import type { Slots } from '../devices/slots.ts'
import type { Wants } from '../devices/wants.ts'
import type { Channel } from '../document/channel.ts'
import type { Contact, ContactFacts } from '../relay/contact.ts'
import type { LogExtent } from '../relay/log-extent.ts'
import type { LinkState, RelayLink } from '../relay/relay-link.ts'
import type { RelayMemory } from '../relay/relay-memory.ts'
import { type Unsent, waitingNotes } from '../relays-state.ts'
import type { Diary } from './diary.ts'
import type { Evidence, EvidenceFacts } from './evidence.ts'
import type { SetAsideLog } from './set-aside-log.ts'

export interface SyncState extends Pick<ContactFacts, 'reached' | 'reachedAt'> {
  readonly link: LinkState
  readonly waiting: number
  readonly queued: number
  readonly setAside: number
  readonly remaining: number
  readonly caughtUp: boolean
}

export interface SyncReport extends Pick<ContactFacts, 'reachedAt' | 'since' | 'lastError'>, EvidenceFacts {
  /** Where the relay's log ends; null where it is not connected. */
  readonly end: number | null
  /** How many documents this device has, and how many of those the relay has as they are here. */
  readonly documents: number
  readonly confirmed: number
  readonly waiting: readonly DocumentId[]
  readonly held: readonly DocumentId[]
  readonly remaining: number
  readonly setAside: SyncFacts['setAside']
  readonly devices: readonly DeviceFacts[]
  readonly charts: SyncFacts['charts']
}

interface Parts {
  readonly self: DeviceId
  readonly channels: ReadonlyMap<DocumentId, Channel>
  readonly link: RelayLink
  readonly catchUp: CatchUp
  readonly wants: Wants
  readonly slots: Slots
  readonly diary: Diary
  readonly memory: RelayMemory
  readonly documents: Pick<RelayDocuments, 'unclean' | 'known'>
  readonly contact: Pick<Contact, 'facts'>
  readonly extent: Pick<LogExtent, 'end'>
  readonly evidence: Pick<Evidence, 'facts'>
  readonly setAside: Pick<SetAsideLog, 'entries'>
  readonly others: () => readonly DeviceId[]
}

/** What sync says of itself, computed from its parts when it is asked for. */
export const createSyncReport = (parts: Parts) => {
  const { channels, catchUp, contact, documents } = parts

  const unsentDocuments = (): Set<DocumentId> => {
    const unsent = new Set(documents.unclean())
    for (const [id, channel] of channels) if (channel.unsent()) unsent.add(id)
    return unsent
  }

  /** Documents that are not open say nothing; that something of them could not be read is still so. */
  const closedWants = (): number => parts.wants.own().filter(({ document }) => !channels.has(document)).length

  const caughtUp = (): boolean =>
    catchUp.remaining() === 0 && [...channels.values()].every(channel => channel.caughtUp())

  /** The newest known place of the log. */
  const head = (): { readonly id: string; readonly head: number } | null => {
    const hello = parts.link.hello()
    if (hello !== null) return { id: hello.log, head: parts.extent.end() }
    const { own } = parts.memory.get()
    return own && { id: own.log, head: own.stored }
  }

  const heldOf = (unsent: Iterable<DocumentId>): DocumentId[] =>
    [...unsent].filter(id => channels.get(id)?.queued())

  return {
    unsent: (): Unsent => {
      const documents = unsentDocuments()
      return { documents, held: new Set(heldOf(documents)) }
    },
    state: (): SyncState => {
      const { reached, reachedAt } = contact.facts()
      const unsent = unsentDocuments()
      const open = [...channels.values()]
      parts.diary.queue(unsent.size)
      return {
        link: parts.link.state(),
        reached,
        reachedAt,
        waiting: waitingNotes(unsent),
        queued: heldOf(unsent).length,
        setAside: open.reduce((count, channel) => count + channel.setAside(), closedWants()),
        remaining: catchUp.remaining(),
        caughtUp: caughtUp(),
      }
    },
    report: (): SyncReport => {
      const { reachedAt, since, lastError } = contact.facts()
      const waiting = [...unsentDocuments()]
      const self: DeviceFacts = {
        id: parts.self,
        self: true,
        seenAt: null,
        behind: caughtUp() ? 0 : null,
      }
      const all = documents.known().size
      return {
        ...parts.evidence.facts(),
        end: parts.link.hello() === null ? null : parts.extent.end(),
        documents: all,
        confirmed: Math.max(0, all - waiting.length),
        waiting,
        held: heldOf(waiting),
        remaining: catchUp.remaining(),
        setAside: countReasons(parts.setAside.entries()),
        devices: [self, ...factsOfOthers(parts.others(), parts.slots.others(), head())],
        charts: parts.diary.charts(),
        reachedAt,
        since,
        lastError,
      }
    },
  }
}

const countReasons = (setAside: ReturnType<SetAsideLog['entries']>): SyncFacts['setAside'] =>
  [...setAside].flatMap(([document, entries]) =>
    [...Map.groupBy(entries, ({ code }) => code)].map(([reason, { length: count }]) => ({
      document,
      reason,
      count,
    })),
  )
