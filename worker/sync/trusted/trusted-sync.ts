import type { DeviceId, DocumentId } from '../../../protocol/ids.ts'
import { HOME_DOCUMENT } from '../../../protocol/ids.ts'
import type { RelayDocuments } from '../../documents/relay-documents.ts'
import type { Clock } from '../../platform/clock.ts'
import { type Random, randomId } from '../../platform/random.ts'
import type { DeviceStore } from '../../storage/device-store.ts'
import type { StoredRelay } from '../../storage/stored-relay.ts'
import { createAnnouncer } from '../announcer.ts'
import { createCatchUp } from '../catch-up.ts'
import { createContact } from '../relay/contact.ts'
import type { LinkState } from '../relay/relay-link.ts'
import { loadRelayMemory } from '../relay/relay-memory.ts'
import { type Unsent, waitingNotes } from '../relays-state.ts'
import type { Diary } from '../report/diary.ts'
import type { Sync } from '../sync.ts'
import { createTrustedChannel, type TrustedChannel } from './trusted-channel.ts'

/** The index of a workspace, which names documents that this device does not have yet. */
export interface Index {
  named(): Iterable<DocumentId>
  /** When a person last worked on a document, as far as the index tells; 0 where it does not. */
  updated(id: DocumentId): number
  onChange(listener: (documents: ReadonlySet<DocumentId>) => void): () => void
}

interface Deps {
  readonly workspace: { readonly id: string }
  readonly relay: StoredRelay
  readonly self: DeviceId
  readonly store: DeviceStore
  readonly documents: RelayDocuments
  readonly index: Index
  readonly isDeleted: (id: DocumentId) => boolean
  readonly diary: Diary
  readonly clock: Clock
  readonly random: Random
}

/** A plain Yjs server knows only documents by their names: nobody tells what changed, and nothing is sealed. */
export type TrustedSync = Omit<Sync, 'access' | 'slots' | 'events' | 'audit'>

/**
 * A workspace's documents at a plain Yjs server that the person owns and trusts with everything. Those that are open
 * follow it; the others are compared one by one with each connection, and when the index says that they changed.
 */
export const createTrustedSync = async (deps: Deps): Promise<TrustedSync> => {
  const { relay, documents, diary, clock, index } = deps
  const { origin } = relay
  const memory = await loadRelayMemory(deps.store, deps.workspace.id, origin)
  const contact = createContact(memory, clock)
  const channels = new Map<DocumentId, TrustedChannel>()
  /** Fresh with each connection: what the server had on the one before it may have forgotten. */
  let connection: string | null = null
  let stopped = false

  const announcer = createAnnouncer({ clock, before: () => undefined })

  const catchUp = createCatchUp({
    documents,
    watch: () => undefined,
    bookmark: () => null,
    setBookmark: () => undefined,
    cursor: () => null,
    isDeleted: deps.isDeleted,
    updated: index.updated,
    isAuditAsked: () => false,
    beginAudit: () => undefined,
    onAudited: () => undefined,
    onOtherHistory: () => undefined,
    onChange: announcer.announce,
  })

  const link = (): LinkState => {
    if (stopped) return { phase: 'stopped' }
    if (connection !== null) return { phase: 'open' }
    return { phase: contact.facts().reached || contact.facts().lastError !== null ? 'waiting' : 'connecting' }
  }

  /** Asks for documents that are named, and are not open. */
  const compare = (ids: Iterable<DocumentId>): void => {
    const at = { position: 0, stamp: null }
    const named = [...ids].map(document => ({ document, head: index.updated(document) + 1 }))
    catchUp.changed({ type: 'changed', from: at, to: at, documents: named })
  }

  const connected = (): void => {
    connection = randomId(deps.random)
    contact.greeted()
    contact.linked({ phase: 'open' })
    diary.note('connection', 'Connected to a server that can read everything')
    catchUp.opened({
      type: 'hello',
      protocol: 0,
      log: connection,
      head: { position: 0, stamp: null },
      generation: 0,
      access: '',
    })
    compare([...index.named()].filter(id => !documents.known().has(id)))
  }
  const lost = (): void => {
    connection = null
    contact.lost()
    contact.linked({ phase: 'waiting' })
    diary.note('connection', 'No connection; trying again soon')
    catchUp.closed()
  }

  /** The index is always open: its connection stands for that to the server. */
  const look = (): void => {
    const home = channels.get(HOME_DOCUMENT)
    const isConnected = home?.isConnected() === true
    if (isConnected && connection === null) connected()
    else if (!isConnected && connection !== null) lost()
    queueMicrotask(() => catchUp.check())
    announcer.announce()
  }

  await documents.attachAll((document, store) => {
    const channel = createTrustedChannel({
      address: origin.replace(/^http/, 'ws'),
      room: `${deps.workspace.id}.${document}`,
      store,
      markKey: `trusted ${origin}`,
      clock,
      connection: () => connection ?? '',
      onChange: look,
    })
    channels.set(document, channel)
    return {
      ...channel,
      detach: async () => {
        if (channels.get(document) === channel) channels.delete(document)
        await channel.detach()
      },
    }
  })

  const stops = [
    documents.onUnclean(catchUp.unclean),
    index.onChange(ids => {
      if (connection !== null) compare([...ids].filter(id => !channels.has(id)))
    }),
  ]

  const unsent = (): Unsent => {
    const waiting = new Set(documents.unclean())
    for (const [id, channel] of channels) if (channel.unsent()) waiting.add(id)
    return { documents: waiting, held: new Set() }
  }
  const caughtUp = (): boolean =>
    connection !== null &&
    catchUp.remaining() === 0 &&
    [...channels.values()].every(each => each.isConnected())
  const wake = (): void => {
    for (const channel of channels.values()) channel.wake()
  }

  return {
    state: () => {
      const { reached, reachedAt } = contact.facts()
      return {
        link: link(),
        reached,
        reachedAt,
        waiting: waitingNotes(unsent().documents),
        queued: 0,
        setAside: 0,
        remaining: catchUp.remaining(),
        caughtUp: caughtUp(),
      }
    },
    unsent,
    onChange: announcer.onChange,
    receipt: document => {
      const channel = channels.get(document)
      if (!channel) return null
      const isHanded = channel.isConnected() && !channel.unsent()
      return { relayed: null, handedTo: isHanded ? origin : null, delivered: [], others: 0 }
    },
    report: () => {
      const { reachedAt, since, lastError } = contact.facts()
      const waiting = [...unsent().documents]
      const all = documents.known().size
      return {
        ...{ reachedAt, since, lastError, lostAt: null, lacked: null, end: null },
        documents: all,
        confirmed: Math.max(0, all - waiting.length),
        waiting,
        held: [],
        remaining: catchUp.remaining(),
        setAside: [],
        devices: [{ id: deps.self, self: true, seenAt: null, behind: caughtUp() ? 0 : null }],
        charts: diary.charts(),
      }
    },
    wake,
    retry: wake,
    stop: async () => {
      stopped = true
      for (const stop of stops) stop()
      catchUp.closed()
      await documents.attachAll(null)
    },
  }
}
