import type { DeviceKeys } from '../../protocol/device-database.ts'
import { type DocumentId, HOME_DOCUMENT } from '../../protocol/ids.ts'
import { outboxEntryId } from '../../protocol/outbox.ts'
import { isLasting, type RelayMessage } from '../../protocol/relay-messages.ts'
import { type Scope, signToken } from '../../protocol/token.ts'
import type { LocalDocuments } from '../documents/local-documents.ts'
import { createSealer } from '../keys/sealer.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { OpenRelaySocket } from '../platform/relay-socket.ts'
import type { Bookmark, DeviceStore, StoredRelay } from '../storage/device-store.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { type AccessAgreement, createAccessAgreement } from './access-agreement.ts'
import { createCatchUp } from './catch-up.ts'
import { type Channel, createChannel } from './channel.ts'
import { LOG_SLACK_BYTES } from './compaction.ts'
import type { Outbox } from './outbox-client.ts'
import { createOutboxSlot } from './outbox-slot.ts'
import { createRelayHttp, type Fetch } from './relay-http.ts'
import { createRelayLink, type LinkState } from './relay-link.ts'

/** A workspace's documents at its relay. */
export interface Sync {
  state(): SyncState
  onChange(listener: () => void): () => void
  readonly access: AccessAgreement
  wake(): void
  retry(): void
  stop(): Promise<void>
}

export interface SyncState {
  readonly link: LinkState
  /** Whether the relay was reached since the start. */
  readonly reached: boolean
  readonly waiting: number
  readonly queued: number
  readonly setAside: number
  readonly remaining: number
  readonly caughtUp: boolean
}

export interface SyncDeps {
  readonly workspace: Workspace
  readonly relay: StoredRelay
  readonly device: DeviceKeys<CryptoKey>
  readonly store: DeviceStore
  readonly documents: LocalDocuments
  readonly clock: Clock
  readonly random: Random
  readonly fetch: Fetch
  readonly openSocket: OpenRelaySocket
  readonly outbox: Outbox
  readonly isDeleted: (id: DocumentId) => boolean
  /** How much a log may grow beyond twice its snapshot before it is compacted. */
  readonly logSlackBytes?: number
}

const ANNOUNCE_PAUSE_MS = 50

export const createSync = async (deps: SyncDeps): Promise<Sync> => {
  const { workspace, documents, clock, random } = deps
  const { origin } = deps.relay
  const channels = new Map<DocumentId, Channel>()
  const listeners = new Set<() => void>()
  let bookmark: Bookmark | null = (await deps.store.bookmark(workspace.id, origin)) ?? null
  let reached = false
  let announced = false
  let checkedOffline = false

  const token = (scopes: readonly Scope[] = ['read', 'write']): Promise<string> =>
    signToken(
      {
        workspace: workspace.id,
        audience: origin,
        scopes,
        generation: workspace.newest().list.gen,
        now: Math.floor(clock.now() / 1000),
      },
      deps.device.signing,
      deps.device.publicKey,
    )

  /** Thousands of documents may be compared in a row; whoever shows it is told a few times a second. */
  const announce = (): void => {
    queueMicrotask(() => catchUp.check())
    if (announced) return
    announced = true
    clock.after(ANNOUNCE_PAUSE_MS, () => {
      announced = false
      for (const listener of [...listeners]) listener()
    })
  }

  const http = createRelayHttp(origin, workspace.id, deps.fetch)
  const access = createAccessAgreement({ workspace, http, token })

  const sealer = createSealer({
    workspace: workspace.id,
    device: deps.device,
    random,
    contentKeys: workspace.contentKeys,
    epoch: workspace.epoch,
    isMember: async device => {
      if (workspace.isMember(device)) return true
      await access.refresh() // it may have joined a moment ago
      return workspace.isMember(device)
    },
  })

  const receive = (message: RelayMessage): void => {
    switch (message.type) {
      case 'changed':
        catchUp.changed(message)
        return
      case 'access':
        if (message.generation > workspace.newest().list.gen) void access.refresh()
        return
      case 'content':
      case 'done':
      case 'known':
      case 'ephemeral':
        channels.get(message.document)?.received(message)
        return
      case 'refused':
        if (message.document !== null && channels.get(message.document)?.refused(message)) return
        if (isLasting(message.code) || message.code.startsWith('envelope-')) link.refuse(message)
        else link.restart()
        return
      case 'slots':
      case 'hello':
      case 'pong':
        return
    }
  }

  const link = createRelayLink({
    origin,
    workspace: workspace.id,
    openSocket: deps.openSocket,
    clock,
    random,
    token,
    agreeOnAccess: access.agree,
    handlers: {
      opened: hello => {
        reached = true
        channels.get(HOME_DOCUMENT)?.opened(hello)
        for (const [id, channel] of channels) if (id !== HOME_DOCUMENT) channel.opened(hello)
        catchUp.opened(hello)
      },
      received: receive,
      closed: () => {
        catchUp.closed()
        for (const channel of channels.values()) channel.closed()
      },
      changed: () => {
        if (!reached && !checkedOffline && link.state().phase === 'waiting') {
          checkedOffline = true
          void catchUp.checkOffline()
        }
        announce()
      },
    },
  })

  const catchUp = createCatchUp({
    documents,
    watch: after => void link.send({ type: 'watch', after }),
    bookmark: () => bookmark,
    setBookmark: next => {
      if (next.log === bookmark?.log && next.position === bookmark.position) return
      bookmark = next
      void deps.store.setBookmark(workspace.id, origin, next)
    },
    isDeleted: deps.isDeleted,
    cursor: id => channels.get(id)?.cursor() ?? null,
    onChange: announce,
  })

  await documents.attachAll((document, store) => {
    const outbox = createOutboxSlot({
      outbox: deps.outbox,
      sealer,
      relay: origin,
      workspace: workspace.id,
      document,
      store,
      generation: () => workspace.newest().list.gen,
    })
    const channel = createChannel({
      document,
      relay: origin,
      store,
      sealer,
      clock,
      random,
      link: () => link,
      outbox,
      logSlackBytes: deps.logSlackBytes ?? LOG_SLACK_BYTES,
      onChange: announce,
    })
    channels.set(document, channel)
    const hello = link.hello()
    if (hello !== null) channel.opened(hello)
    return {
      ...channel,
      detach: async () => {
        if (channels.get(document) === channel) channels.delete(document)
        await channel.detach()
      },
    }
  })

  link.start()

  const entryOf = (document: DocumentId): string => outboxEntryId(origin, workspace.id, document)
  const stopReports = deps.outbox.onReport(report => {
    if (report.type !== 'delivered') return
    for (const [document, channel] of channels)
      if (entryOf(document) === report.entry) channel.delivered(report.envelopes)
  })
  const stopUnclean = documents.onUnclean(catchUp.unclean)

  const unsentDocuments = (): Set<DocumentId> => {
    const unsent = new Set<DocumentId>()
    for (const [id, { clean }] of documents.known())
      if (clean === null && !documents.isOpen(id)) unsent.add(id)
    for (const [id, channel] of channels) if (channel.unsent()) unsent.add(id)
    return unsent
  }

  return {
    state: () => {
      const unsent = unsentDocuments()
      const notes = unsent.size - (unsent.has(HOME_DOCUMENT) ? 1 : 0)
      const open = [...channels.values()]
      return {
        link: link.state(),
        reached,
        // An edit changes its note and the index; a person made one change.
        waiting: Math.max(notes, Math.min(unsent.size, 1)),
        queued: open.filter(channel => channel.unsent() && channel.queued()).length,
        setAside: open.reduce((count, channel) => count + channel.setAside(), 0),
        remaining: catchUp.remaining(),
        caughtUp: open.every(channel => channel.caughtUp()) && catchUp.remaining() === 0,
      }
    },
    onChange: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    access,
    wake: link.wake,
    retry: link.retry,
    stop: async () => {
      stopReports()
      stopUnclean()
      catchUp.closed()
      link.stop()
      await documents.attachAll(null)
    },
  }
}
