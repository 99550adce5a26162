import type { DeviceKeys } from '../../protocol/device-database.ts'
import type { DeviceId, DocumentId } from '../../protocol/ids.ts'
import type { ReceiptValue, SyncEvent } from '../../protocol/sync.ts'
import type { RelayDocuments } from '../documents/relay-documents.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { OpenRelaySocket } from '../platform/relay-socket.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import type { StoredRelay } from '../storage/stored-relay.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { createAnnouncer } from './announcer.ts'
import { createCatchUp } from './catch-up.ts'
import { receiptOf } from './devices/device-facts.ts'
import { createOwnPosition } from './devices/own-position.ts'
import { createSlots, type Slots } from './devices/slots.ts'
import { createWants } from './devices/wants.ts'
import { createDispatch } from './dispatch.ts'
import { createChannels } from './document/channels.ts'
import { LOG_SLACK_BYTES } from './document/compaction.ts'
import { createFullAudit } from './full-audit.ts'
import { createMembersChanged, maySeal } from './members-changed.ts'
import { type AccessAgreement, createAccessAgreement } from './relay/access-agreement.ts'
import { createContact } from './relay/contact.ts'
import { createCredentials } from './relay/credentials.ts'
import { createLogExtent } from './relay/log-extent.ts'
import type { Outbox } from './relay/outbox-client.ts'
import { loadRelayBookmark } from './relay/relay-bookmark.ts'
import { createRelayHttp, type Fetch } from './relay/relay-http.ts'
import { createRelayLink, type RelayLink } from './relay/relay-link.ts'
import { loadRelayMemory } from './relay/relay-memory.ts'
import type { Unsent } from './relays-state.ts'
import type { Diary } from './report/diary.ts'
import { createEvidence } from './report/evidence.ts'
import { createReporter } from './report/reporter.ts'
import { createSetAsideLog } from './report/set-aside-log.ts'
import { createSyncReport, type SyncReport, type SyncState } from './report/sync-report.ts'

/** A workspace's documents at one of its relays. */
export interface Sync {
  state(): SyncState
  unsent(): Unsent
  onChange(listener: () => void): () => void
  readonly access: Pick<AccessAgreement, 'refresh' | 'publish'>
  /** What the devices tell each other. */
  readonly slots: Pick<Slots, 'others'>
  /** How far an open document has come; null where it is not open. */
  receipt(document: DocumentId): ReceiptValue
  /** What happened; the same array as long as nothing did. */
  events(): readonly SyncEvent[]
  /** For a person who asks; computed anew at each call. */
  report(): SyncReport
  wake(): void
  retry(): void
  /** Compares all documents with the whole of their logs; resolves when that is done. */
  audit(): Promise<void>
  stop(): Promise<void>
}

export interface SyncDeps {
  readonly workspace: Workspace
  readonly relay: StoredRelay
  readonly device: DeviceKeys<CryptoKey>
  readonly store: DeviceStore
  readonly documents: RelayDocuments
  /** Where it writes down what happens. */
  readonly diary: Diary
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

export const createSync = async (deps: SyncDeps): Promise<Sync> => {
  const { workspace, documents, device, clock, diary } = deps
  const { origin } = deps.relay
  const bookmark = await loadRelayBookmark(deps.store, workspace.id, origin)
  const memory = await loadRelayMemory(deps.store, workspace.id, origin)
  const reporter = createReporter(diary, clock)
  const contact = createContact(memory, clock)
  const evidence = createEvidence({ memory, clock, diary })
  const extent = createLogExtent()
  let checkedOffline = false

  const others = (): DeviceId[] => [...workspace.access().devices.keys()].filter(id => id !== device.device)

  const otherHistory = (): void => {
    evidence.lost()
    slots.otherHistory()
  }

  const announcer = createAnnouncer({
    clock,
    before: () => {
      setAside.look()
      slots.changed()
    },
  })
  const announce = (): void => {
    queueMicrotask(() => catchUp.check())
    announcer.announce()
  }

  const http = createRelayHttp(origin, workspace.id, deps.fetch)
  const access = createAccessAgreement({
    workspace,
    http,
    operatorCode: deps.relay.operatorCode,
    token: () => credentials.token(),
    // Connecting again needs them, and says why they cannot be had.
    onBehind: () => link.restart(),
  })
  const credentials = createCredentials({ ...deps, relay: origin, follow: access.follow })
  const { sealer, slotSealer, token } = credentials

  const slots = createSlots({
    sealer: slotSealer,
    clock,
    send: data => link.send({ type: 'slot', data }),
    stored: () => position.stored(),
    probe: () => position.probe(),
    hasOthers: () => others().length > 0,
    isMember: workspace.isMember,
    memory,
    onBad: (_device, code) => diary.note('problem', `What another device told could not be read (${code})`),
  })

  const connection = createRelayLink({
    ...deps,
    origin,
    workspace: workspace.id,
    token,
    agreeOnAccess: access.agree,
    relayTime: http.time,
    handlers: {
      opened: hello => {
        contact.greeted()
        extent.opened(hello)
        evidence.opened()
        const known = bookmark.get()
        if (known !== null && known.log !== hello.log) evidence.lost()
        slots.opened(hello.log, hello.head.position)
        channels.opened(hello)
        catchUp.opened(hello)
        wants.opened()
        fullAudit.opened()
      },
      received: message => {
        reporter.received(message)
        contact.received(message)
        extent.received(message)
        dispatch(message)
      },
      closed: () => {
        contact.lost()
        extent.closed()
        slots.closed()
        catchUp.closed()
        channels.closed()
      },
      changed: () => {
        const state = link.state()
        reporter.linked(state)
        contact.linked(state)
        if (state.phase === 'refused') access.refused(state.refusal.code)
        if (!contact.facts().reached && !checkedOffline && state.phase === 'waiting') {
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

  const channels = createChannels({
    ...deps,
    relay: origin,
    workspace: workspace.id,
    sealer,
    link,
    reporter,
    hello: () => link.hello() && extent.hello(),
    generation: () => workspace.access().gen,
    mayWrite: () => maySeal(workspace),
    logSlackBytes: deps.logSlackBytes ?? LOG_SLACK_BYTES,
    onOtherHistory: otherHistory,
    onLacked: evidence.lacked,
    onWant: (document, want) => wants.want(document, want),
    isAnswered: want => wants.isAnswered(want),
    onChange: announce,
  })
  const setAside = createSetAsideLog(channels.open, reporter)

  const catchUp = createCatchUp({
    ...deps,
    watch: after => void link.send({ type: 'watch', after }),
    bookmark: bookmark.get,
    setBookmark: bookmark.set,
    cursor: id => channels.open.get(id)?.cursor() ?? null,
    isAuditAsked: id => wants.asked(id) || fullAudit.isAsked(id),
    beginAudit: id => channels.open.get(id)?.audit(),
    onAudited: id => {
      wants.audited(id)
      fullAudit.done(id)
    },
    onOtherHistory: otherHistory,
    onChange: announce,
  })

  const fullAudit = createFullAudit({
    documents,
    channels: channels.open,
    isDeleted: deps.isDeleted,
    audit: catchUp.audit,
  })

  const position = createOwnPosition({ ...deps, link, catchUp, channels, extent })

  const wants = createWants({
    memory,
    slots,
    has: id => documents.known().has(id),
    isDeleted: deps.isDeleted,
    audit: catchUp.audit,
    onAnswered: id => channels.open.get(id)?.checkWant(),
  })

  const dispatch = createDispatch({
    channels: channels.open,
    catchUp,
    slots,
    access,
    link,
    mayWrite: workspace.mayWrite,
  })

  await documents.attachAll(channels.attach)
  link.start()

  const stops = [
    workspace.onChange(createMembersChanged({ workspace, documents, access, link, channels, catchUp })),
    deps.outbox.onReport(channels.reported),
    slots.onOthers(() => {
      wants.look()
      announce()
    }),
    diary.onChange(announce),
    documents.onUnclean(catchUp.unclean),
  ]

  const reports = createSyncReport({
    self: device.device,
    channels: channels.open,
    documents,
    link,
    catchUp,
    wants,
    slots,
    diary,
    memory,
    contact,
    extent,
    evidence,
    setAside,
    others,
  })

  return {
    state: reports.state,
    unsent: reports.unsent,
    onChange: announcer.onChange,
    access,
    slots,
    receipt: id => {
      const channel = channels.open.get(id)
      return channel ? receiptOf(origin, channel.relayed(), others(), slots.others()) : null
    },
    events: diary.events,
    report: reports.report,
    wake: link.wake,
    retry: link.retry,
    audit: fullAudit.begin,
    stop: async () => {
      for (const stop of stops) stop()
      slots.stop()
      catchUp.closed()
      link.stop()
      await documents.attachAll(null)
    },
  }
}
