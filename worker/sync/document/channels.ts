import { type DocumentId, HOME_DOCUMENT, type WorkspaceId } from '../../../protocol/ids.ts'
import { type OutboxReport, outboxEntryId } from '../../../protocol/outbox.ts'
import type { Hello } from '../../../protocol/relay-messages.ts'
import type { Attach } from '../../documents/attachments.ts'
import type { StoredUpTo } from '../devices/stored-position.ts'
import type { Outbox } from '../relay/outbox-client.ts'
import type { Reporter } from '../report/reporter.ts'
import { type Channel, type ChannelDeps, createChannel } from './channel.ts'
import { createOutboxSlot } from './outbox-slot.ts'

/** The loaded documents of a workspace at one relay. */
export interface Channels {
  readonly open: ReadonlyMap<DocumentId, Channel>
  readonly attach: Attach
  opened(hello: Hello): void
  closed(): void
  /** The service worker did something. */
  reported(report: OutboxReport): void
  /** How far each is stored; null as long as it may still turn out that this is another log. */
  storedUpTo(): ReadonlyMap<DocumentId, StoredUpTo> | null
}

type PerDocument = 'document' | 'store' | 'others' | 'outbox' | 'wasLate' | 'onWant'

interface Deps extends Omit<ChannelDeps, PerDocument> {
  readonly workspace: WorkspaceId
  readonly outbox: Outbox
  readonly reporter: Pick<Reporter, 'queued' | 'delivered'>
  /** The relay's greeting on the connection that is open now. */
  readonly hello: () => Hello | null
  /** The largest `gen` of the statements about members. */
  readonly generation: () => number
  readonly onWant: (document: DocumentId, want: string) => void
}

export const createChannels = (deps: Deps): Channels => {
  const { relay, workspace, outbox, reporter } = deps
  const open = new Map<DocumentId, Channel>()
  /** Closed on this connection before the relay had brought what another one brought. */
  const late = new Set<DocumentId>()

  const outboxOf = (document: DocumentId): Outbox => ({
    ...outbox,
    put: async entry => {
      const held = await outbox.put(entry)
      if (held) reporter.queued(document)
      return held
    },
  })

  return {
    open,
    attach: (document, store, others) => {
      const slot = createOutboxSlot({ ...deps, document, store, outbox: outboxOf(document) })
      const onWant = (want: string): void => deps.onWant(document, want)
      const wasLate = late.delete(document)
      const channel = createChannel({ ...deps, document, store, others, outbox: slot, wasLate, onWant })
      open.set(document, channel)
      const hello = deps.hello()
      if (hello !== null) channel.opened(hello)
      return {
        ...channel,
        detach: async () => {
          if (open.get(document) === channel) open.delete(document)
          if (channel.late()) late.add(document)
          await channel.detach()
        },
      }
    },
    opened: hello => {
      // The index first: it says what there is.
      open.get(HOME_DOCUMENT)?.opened(hello)
      for (const [id, channel] of open) if (id !== HOME_DOCUMENT) channel.opened(hello)
    },
    closed: () => {
      late.clear()
      for (const channel of open.values()) channel.closed()
    },
    reported: report => {
      if (report.type !== 'delivered') return
      for (const [document, channel] of open) {
        if (outboxEntryId(relay, workspace, document) !== report.entry) continue
        reporter.delivered(document)
        channel.delivered(report.envelopes)
      }
    },
    storedUpTo: () => {
      const stored = new Map<DocumentId, StoredUpTo>()
      for (const [id, channel] of open) {
        const upTo = channel.storedUpTo()
        if (upTo === null) return null
        stored.set(id, upTo)
      }
      return stored
    },
  }
}
