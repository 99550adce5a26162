import type { DeviceId, DocumentId } from '../../protocol/ids.ts'
import { HOME_DOCUMENT } from '../../protocol/ids.ts'
import type { DeviceFacts, SyncFacts } from '../../protocol/views.ts'
import type { CatchUp } from './catch-up.ts'
import type { Channel } from './channel.ts'
import { factsOfOthers } from './device-facts.ts'
import type { Diary } from './diary.ts'
import type { RelayLink } from './relay-link.ts'
import type { SetAside } from './relay-marks.ts'
import type { RelayMemory } from './relay-memory.ts'
import type { Slots } from './slots.ts'
import type { SyncReport, SyncState } from './sync.ts'
import type { Wants } from './wants.ts'

interface Parts {
  readonly self: DeviceId
  readonly channels: ReadonlyMap<DocumentId, Channel>
  readonly link: RelayLink
  readonly catchUp: CatchUp
  readonly wants: Wants
  readonly slots: Slots
  readonly diary: Diary
  readonly memory: RelayMemory
  /** What was set aside, of documents that were closed since, too. */
  readonly setAside: ReadonlyMap<DocumentId, readonly SetAside[]>
  /** Whether the relay was reached since the start. */
  readonly reached: () => boolean
  readonly others: () => readonly DeviceId[]
  /** Documents that are not open and not known to be at the relay. */
  readonly unclean: () => Iterable<DocumentId>
  /** The newest known place of the log. */
  readonly head: () => { readonly id: string; readonly head: number } | null
  readonly connection: () => Pick<SyncReport, 'since' | 'lastError'>
}

/** What sync says of itself, computed from its parts when it is asked for. */
export const createSyncReport = (parts: Parts) => {
  const { channels, catchUp, memory } = parts

  const unsentDocuments = (): Set<DocumentId> => {
    const unsent = new Set<DocumentId>(parts.unclean())
    for (const [id, channel] of channels) if (channel.unsent()) unsent.add(id)
    return unsent
  }

  /** Documents that are not open say nothing; that something of them could not be read is still so. */
  const closedWants = (): number => parts.wants.own().filter(({ document }) => !channels.has(document)).length

  const caughtUp = (): boolean =>
    catchUp.remaining() === 0 && [...channels.values()].every(channel => channel.caughtUp())

  return {
    state: (): SyncState => {
      const unsent = unsentDocuments()
      const notes = unsent.size - (unsent.has(HOME_DOCUMENT) ? 1 : 0)
      const open = [...channels.values()]
      parts.diary.queue(unsent.size)
      return {
        link: parts.link.state(),
        reached: parts.reached(),
        reachedAt: memory.get().reachedAt,
        // An edit changes its note and the index; a person made one change.
        waiting: Math.max(notes, Math.min(unsent.size, 1)),
        queued: open.filter(channel => channel.unsent() && channel.queued()).length,
        setAside: open.reduce((count, channel) => count + channel.setAside(), closedWants()),
        remaining: catchUp.remaining(),
        caughtUp: caughtUp(),
      }
    },
    report: (): SyncReport => {
      const waiting = [...unsentDocuments()]
      const self: DeviceFacts = {
        id: parts.self,
        self: true,
        seenAt: null,
        behind: caughtUp() ? 0 : null,
      }
      return {
        waiting,
        held: waiting.filter(id => channels.get(id)?.queued()),
        remaining: catchUp.remaining(),
        setAside: countReasons(parts.setAside),
        devices: [self, ...factsOfOthers(parts.others(), parts.slots.others(), parts.head())],
        charts: parts.diary.charts(),
        reachedAt: memory.get().reachedAt,
        ...parts.connection(),
      }
    },
  }
}

const countReasons = (setAside: Parts['setAside']): SyncFacts['setAside'] =>
  [...setAside].flatMap(([document, entries]) =>
    [...Map.groupBy(entries, ({ code }) => code)].map(([reason, { length: count }]) => ({
      document,
      reason,
      count,
    })),
  )
