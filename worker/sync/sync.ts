import type { DeviceKeys } from '../../protocol/device-database.ts'
import { type DeviceId, type DocumentId, HOME_DOCUMENT } from '../../protocol/ids.ts'
import { outboxEntryId } from '../../protocol/outbox.ts'
import { isLasting, type RelayMessage } from '../../protocol/relay-messages.ts'
import { type Scope, signToken } from '../../protocol/token.ts'
import type { DeviceFacts, ReceiptValue, SyncEvent, SyncFacts } from '../../protocol/views.ts'
import type { LocalDocuments } from '../documents/local-documents.ts'
import { createSealer } from '../keys/sealer.ts'
import { createSlotSealer } from '../keys/slot-sealer.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { OpenRelaySocket } from '../platform/relay-socket.ts'
import type { Bookmark, DeviceStore, StoredRelay } from '../storage/device-store.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { type AccessAgreement, createAccessAgreement } from './access-agreement.ts'
import { createCatchUp } from './catch-up.ts'
import { type Channel, createChannel } from './channel.ts'
import { LOG_SLACK_BYTES } from './compaction.ts'
import { receiptOf } from './device-facts.ts'
import { createDiary, type Diary } from './diary.ts'
import type { Outbox } from './outbox-client.ts'
import { createOutboxSlot } from './outbox-slot.ts'
import { createRelayHttp, type Fetch } from './relay-http.ts'
import { createRelayLink, type LinkState, type RelayLink } from './relay-link.ts'
import { loadRelayMemory } from './relay-memory.ts'
import { createReporter } from './reporter.ts'
import { createSlots, type Slots } from './slots.ts'
import { type StoredUpTo, storedPosition } from './stored-position.ts'
import { createSyncReport } from './sync-report.ts'
import { createWants } from './wants.ts'

/** A workspace's documents at its relay. */
export interface Sync {
  state(): SyncState
  onChange(listener: () => void): () => void
  readonly access: AccessAgreement
  /** What the devices tell each other. */
  readonly slots: Pick<Slots, 'setWants' | 'setHaves' | 'others' | 'onOthers'>
  /** How far an open document has come; null where it is not open. */
  receipt(document: DocumentId): ReceiptValue
  /** What happened; the same array as long as nothing did. */
  events(): readonly SyncEvent[]
  /** For a person who asks; computed anew at each call. */
  report(): SyncReport
  wake(): void
  retry(): void
  stop(): Promise<void>
}

export interface SyncState {
  /** When the relay was last reached, or sync began here. */
  readonly reachedAt: number | null
  readonly link: LinkState
  /** Whether the relay was reached since the start. */
  readonly reached: boolean
  readonly waiting: number
  readonly queued: number
  readonly setAside: number
  readonly remaining: number
  readonly caughtUp: boolean
}

export interface SyncReport {
  readonly waiting: readonly DocumentId[]
  readonly held: readonly DocumentId[]
  readonly remaining: number
  readonly setAside: SyncFacts['setAside']
  readonly devices: readonly DeviceFacts[]
  readonly charts: SyncFacts['charts']
  readonly reachedAt: number | null
  readonly since: number
  readonly lastError: { readonly code: string; readonly at: number } | null
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
  /** When a person last worked on a document, as far as the index tells; 0 where it does not. */
  readonly updated: (id: DocumentId) => number
  /** How much a log may grow beyond twice its snapshot before it is compacted. */
  readonly logSlackBytes?: number
}

const ANNOUNCE_PAUSE_MS = 50
/** That the relay is still there is remembered this often. */
const REMEMBER_REACHED_MS = 10 * 60_000

export const createSync = async (deps: SyncDeps): Promise<Sync> => {
  const { workspace, documents, clock, random } = deps
  const { origin } = deps.relay
  const channels = new Map<DocumentId, Channel>()
  const listeners = new Set<() => void>()
  let bookmark: Bookmark | null = (await deps.store.bookmark(workspace.id, origin)) ?? null
  let reached = false
  let announced = false
  let checkedOffline = false
  const memory = await loadRelayMemory(deps.store, workspace.id, origin)
  const diary: Diary = createDiary(clock)
  const reporter = createReporter(diary, clock)
  /** The last place of each document that was named on this connection. */
  const named = new Map<DocumentId, number>()
  /** The last place of the log that was heard of on this connection. */
  let newest = 0
  /** What was set aside, of documents that were closed since, too. */
  const setAside = new Map<DocumentId, ReturnType<Channel['setAsideEntries']>>()
  let standsAs: 'open' | 'refused' | 'away' = 'away'
  let since = clock.now()
  let lastError: SyncReport['lastError'] = null
  if (memory.get().reachedAt === null) memory.update({ reachedAt: clock.now() })

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
      noteSetAside()
      slots.changed()
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

  const others = (): DeviceId[] =>
    Object.keys(workspace.newest().list.members).filter(id => id !== deps.device.device)

  const stored = (): number | null => {
    const greeting = link.hello()
    const covered = catchUp.covered()
    if (greeting === null || covered === null) return null
    const open = new Map<DocumentId, StoredUpTo>()
    for (const [id, channel] of channels) {
      const upTo = channel.storedUpTo()
      if (upTo === null) return null // it may still turn out that this is another log
      open.set(id, upTo)
    }
    return storedPosition({
      log: greeting.log,
      covered,
      named,
      open,
      pending: catchUp.pending(),
      known: documents.known(),
      isDeleted: deps.isDeleted,
    })
  }

  /** The newest known place of the log. */
  const head = (): { id: string; head: number } | null => {
    const greeting = link.hello()
    const { own } = memory.get()
    if (greeting !== null) return { id: greeting.log, head: newest }
    return own && { id: own.log, head: own.stored }
  }

  const noteSetAside = (): void => {
    for (const [id, channel] of channels) {
      const before = setAside.get(id)?.length ?? 0
      const entries = channel.setAsideEntries()
      for (const { code } of entries.slice(before)) reporter.setAside(id, code)
      if (entries.length > 0) setAside.set(id, entries)
    }
  }

  const noteReached = (): void => {
    const now = clock.now()
    if (now - (memory.get().reachedAt ?? 0) > REMEMBER_REACHED_MS) memory.update({ reachedAt: now })
  }

  const noteLink = (): void => {
    const state = link.state()
    reporter.linked(state)
    const now = clock.now()
    // Trying again is no new state to a person.
    const standing = state.phase === 'open' || state.phase === 'refused' ? state.phase : 'away'
    if (standing !== standsAs) since = now
    standsAs = standing
    if (state.phase === 'refused') lastError = { code: state.refusal.code, at: now }
    if (state.phase === 'waiting') lastError = { code: 'unreachable', at: now }
  }

  const slots = createSlots({
    sealer: createSlotSealer({
      workspace: workspace.id,
      device: deps.device,
      random,
      contentKeys: workspace.contentKeys,
      epoch: workspace.epoch,
    }),
    clock,
    send: data => link.send({ type: 'slot', data }),
    stored,
    probe: () => {
      const covered = catchUp.covered()
      if (covered !== null && newest > covered) catchUp.probe()
    },
    hasOthers: () => others().length > 0,
    isMember: workspace.isMember,
    memory,
    onBad: (_device, code) => diary.note('problem', `What another device told could not be read (${code})`),
  })

  const receive = (message: RelayMessage): void => {
    reporter.received(message)
    noteReached()
    if ('to' in message) newest = Math.max(newest, message.to.position)
    switch (message.type) {
      case 'changed':
        for (const { document, head: last } of message.documents) named.set(document, last)
        catchUp.changed(message)
        return
      case 'slots':
        void slots.received(message)
        return
      case 'access':
        if (message.generation > workspace.newest().list.gen) void access.refresh()
        return
      case 'content':
        // It was on its way when the document was closed: nobody names it again.
        if (!channels.has(message.document) && message.entries.length > 0) catchUp.unclean(message.document)
        channels.get(message.document)?.received(message)
        return
      case 'done':
      case 'known':
      case 'ephemeral':
        channels.get(message.document)?.received(message)
        return
      case 'refused':
        lastError = { code: message.code, at: clock.now() }
        // Only a slot: what people write has its document with it.
        if (message.document === null && message.code === 'quota-bytes') return
        if (message.document !== null && channels.get(message.document)?.refused(message)) return
        if (isLasting(message.code) || message.code.startsWith('envelope-')) link.refuse(message)
        else link.restart()
        return
      case 'hello':
      case 'pong':
        return
    }
  }

  const connection = createRelayLink({
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
        memory.update({ reachedAt: clock.now() })
        named.clear()
        newest = hello.head.position
        slots.opened(hello.log, hello.head.position)
        channels.get(HOME_DOCUMENT)?.opened(hello)
        for (const [id, channel] of channels) if (id !== HOME_DOCUMENT) channel.opened(hello)
        catchUp.opened(hello)
        wants.opened()
      },
      received: receive,
      closed: () => {
        memory.update({ reachedAt: clock.now() })
        slots.closed()
        catchUp.closed()
        for (const channel of channels.values()) channel.closed()
      },
      changed: () => {
        noteLink()
        if (!reached && !checkedOffline && link.state().phase === 'waiting') {
          checkedOffline = true
          void catchUp.checkOffline()
        }
        announce()
      },
    },
  })

  const link: RelayLink = {
    ...connection,
    send: message => {
      const sent = connection.send(message)
      if (sent) reporter.sent(message)
      return sent
    },
  }

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
    updated: deps.updated,
    cursor: id => channels.get(id)?.cursor() ?? null,
    isAuditAsked: id => wants.asked(id),
    beginAudit: id => channels.get(id)?.audit(),
    onAudited: id => wants.audited(id),
    onOtherHistory: slots.otherHistory,
    onChange: announce,
  })

  const wants = createWants({
    memory,
    slots,
    has: id => documents.known().has(id),
    audit: catchUp.audit,
    onAnswered: id => channels.get(id)?.checkWant(),
  })

  await documents.attachAll((document, store) => {
    const outbox = createOutboxSlot({
      outbox: {
        ...deps.outbox,
        put: async entry => {
          const held = await deps.outbox.put(entry)
          if (held) reporter.queued(document)
          return held
        },
      },
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
      link,
      outbox,
      logSlackBytes: deps.logSlackBytes ?? LOG_SLACK_BYTES,
      onOtherHistory: slots.otherHistory,
      onWant: want => wants.want(document, want),
      isAnswered: wants.isAnswered,
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
      if (entryOf(document) === report.entry) {
        reporter.delivered(document)
        channel.delivered(report.envelopes)
      }
  })
  const stopSlots = slots.onOthers(() => {
    wants.look()
    announce()
  })
  const stopDiary = diary.onChange(announce)
  const stopUnclean = documents.onUnclean(catchUp.unclean)

  const reports = createSyncReport({
    self: deps.device.device,
    channels,
    link,
    catchUp,
    wants,
    slots,
    diary,
    memory,
    setAside,
    reached: () => reached,
    others,
    unclean: () =>
      [...documents.known()].flatMap(([id, { clean }]) =>
        clean === null && !documents.isOpen(id) ? [id] : [],
      ),
    head,
    connection: () => ({ since, lastError }),
  })

  return {
    state: reports.state,
    onChange: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    access,
    slots,
    receipt: id => {
      const channel = channels.get(id)
      return channel ? receiptOf(origin, channel.relayed(), others(), slots.others()) : null
    },
    events: diary.events,
    report: reports.report,
    wake: link.wake,
    retry: link.retry,
    stop: async () => {
      stopReports()
      stopUnclean()
      stopSlots()
      stopDiary()
      slots.stop()
      catchUp.closed()
      link.stop()
      await documents.attachAll(null)
    },
  }
}
