import { Awareness } from 'y-protocols/awareness'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { HASH_BYTES } from '../../protocol/envelope.ts'
import type { DocumentId, EnvelopeId } from '../../protocol/ids.ts'
import type { Content, Done, Hello, Known, Refused, RelayMessage } from '../../protocol/relay-messages.ts'
import type { Result } from '../../protocol/result.ts'
import { type DocumentState, documentState, isEmptyState, sameState } from '../documents/document-state.ts'
import type { Attachment } from '../documents/local-documents.ts'
import type { Opened, Sealer } from '../keys/sealer.ts'
import type { Clock } from '../platform/clock.ts'
import { type Random, randomId } from '../platform/random.ts'
import type { DocumentStore } from '../storage/document-store.ts'
import { createBatch } from './batch.ts'
import { covers } from './compaction.ts'
import { type Audit, createCompactor } from './compactor.ts'
import type { OutboxSlot, Queued } from './outbox-slot.ts'
import { createPresence } from './presence.ts'
import { readContent } from './read-content.ts'
import type { RelayLink } from './relay-link.ts'
import { marksOfNewLog, type RelayMarks, START, sameMark } from './relay-marks.ts'
import { createSealedSocketClass, type SealedSocket } from './sealed-socket.ts'
import type { StoredUpTo } from './stored-position.ts'
import {
  awarenessMessage,
  decodeYjsMessage,
  EMPTY_AWARENESS,
  EMPTY_UPDATE,
  step1,
  step2,
  updateMessage,
} from './yjs-messages.ts'

/** A loaded document at one relay: the journal between y-websocket above and the relay's log below. */
export interface Channel extends Attachment {
  opened(hello: Hello): void
  received(message: RelayMessage): void
  /** True where it needs nobody else's attention: only a snapshot was refused, and the log stays as it is. */
  refused(message: Refused): boolean
  closed(): void
  /** Envelopes that the service worker delivered. */
  delivered(envelopes: readonly EnvelopeId[]): void
  /** Everything that the relay had when we asked is here. */
  caughtUp(): boolean
  /** The relay has not confirmed everything that is here. */
  unsent(): boolean
  queued(): boolean
  setAside(): number
  setAsideEntries(): RelayMarks['setAside']
  /** Compares the whole log with the document, now or as soon as there is a connection. */
  audit(): void
  /** Others may have answered what is wanted here. */
  checkWant(): void
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

interface Deps {
  readonly document: DocumentId
  readonly relay: string
  readonly store: DocumentStore
  readonly sealer: Sealer
  readonly clock: Clock
  readonly random: Random
  readonly link: () => Pick<RelayLink, 'send' | 'restart'>
  readonly outbox: OutboxSlot
  readonly logSlackBytes: number
  /** Something here could not be read: other devices are to be asked under this name. */
  readonly onWant: (want: string) => void
  readonly isAnswered: (want: string) => boolean
  /** The log is not the one that was read before. */
  readonly onOtherHistory: () => void
  /** Something that the status shows may have changed. */
  readonly onChange: () => void
}

/** A batch on its way, with what the document held when it was cut. */
interface Sent {
  readonly id: EnvelopeId
  readonly hash: Uint8Array
  readonly state: DocumentState
  readonly cut: number
  readonly bytes: number
  confirmed: boolean
}

const NO_HASH = new Uint8Array(HASH_BYTES)
const KEEP_ALIVE_MS = 10_000
const UNCONFIRMED_MS = 2_000
const OFFLINE_PAUSE_MS = 200
const MARKS_PAUSE_MS = 300
const OWN_REMEMBERED = 32
/** What is found bad while all is live may come in numbers. */
const AUDIT_PAUSE_MS = 1_000

export const createChannel = (deps: Deps): Channel => {
  const { document, store, sealer, clock, outbox } = deps
  const { doc } = store
  const markKey = `relay ${deps.relay}`

  const storedMarks = store.mark(markKey) as RelayMarks | undefined
  let marks: RelayMarks | null = storedMarks ? { ...marksOfNewLog(storedMarks.log), ...storedMarks } : null
  /** The log is read only to be compacted: nothing new is known to be there. */
  let tidying = false
  let phase: 'closed' | 'reading' | 'live' = 'closed'
  /** Names the latest `load`: answers to an older one are dropped. */
  let reading = 0
  /** Grows when all that was sent before counts no more, because it is taken from the document again. */
  let era = 0
  /** What the log holds, while it is read from its start. */
  let audited: (Audit & { readonly bad: Set<number> }) | null = null
  let socket: SealedSocket | null = null
  let hello: Hello | null = null
  let initial: Uint8Array | null = null
  let capturing = false

  let cuts = 0
  let acknowledgedCut = 0
  let sending = 0
  let sent: Sent[] = []
  /** Hash of our last envelope that the relay confirmed, and of the last that was sent on this connection. */
  let confirmedHash: Uint8Array = NO_HASH
  let lastHash: Uint8Array = NO_HASH
  /** The relay refused a batch: it stays unsent until a new connection takes it from the document again. */
  let refused = false
  let detached = false
  /** Our latest envelopes that came back: the service worker may report them as delivered only after that. */
  let readOwn: readonly EnvelopeId[] = []
  /** Messages that were received and not dealt with yet. */
  let inHand = 0
  let stored = { log: marks?.log ?? null, cursor: marks?.cursor ?? START }

  let receiving: Promise<void> = Promise.resolve()
  let sendingTurn: Promise<void> = Promise.resolve()
  let cancelKeepAlive = (): void => {}
  let cancelUnconfirmed = (): void => {}
  let cancelOffline = (): void => {}
  let cancelMarks = (): void => {}
  let cancelAudit: (() => void) | null = null

  const differs = (): boolean => {
    const state = documentState(doc)
    return marks?.acknowledged ? !sameState(marks.acknowledged, state) : !isEmptyState(state)
  }
  /** Whether the relay may lack something; of use only where the queues do not tell, see `isUnsent`. */
  let dirty = differs()

  // ── marks ──────────────────────────────────────────────────────────────────────────────────

  const setMarks = (change: Partial<RelayMarks>): void => {
    if (hello === null && marks === null) return
    marks = { ...(marks ?? marksOfNewLog(hello!.log)), ...change }
    store.setMark(markKey, marks)
    cancelMarks()
    cancelMarks = clock.after(MARKS_PAUSE_MS, () => {
      advance()
      void saveMarks()
    })
  }

  const saveMarks = async (): Promise<void> => {
    const { log, cursor } = marks!
    await store.save()
    stored = { log, cursor }
    deps.onChange()
  }

  /** With nothing unsent, all that is here is at the relay: what came from others too. */
  const advance = (): void => {
    if (phase === 'closed' || audited !== null || isUnsent() || marks === null) return
    const state = documentState(doc)
    if (marks.acknowledged && sameState(marks.acknowledged, state)) return
    marks = { ...marks, acknowledged: state }
    store.setMark(markKey, marks)
    deps.onChange() // it may be clean only now
  }

  // ── sending ────────────────────────────────────────────────────────────────────────────────

  const isUnsent = (): boolean =>
    phase === 'closed' || audited !== null || compactor.draining()
      ? dirty
      : refused || batch.size() > 0 || sending > 0 || sent.length > 0

  const settle = (): void => {
    if (phase === 'live' && !isUnsent()) {
      cancelUnconfirmed()
      if (marks !== null && !marks.relayed)
        setMarks({ relayed: { position: marks.cursor.position, at: clock.now() } })
      void outbox.clear()
    }
    compactor.look()
    deps.onChange()
  }

  /** Puts what the relay lacks into the outbox, so that it goes even if this worker ends now. */
  const putIntoOutbox = async (): Promise<void> => {
    cancelOffline()
    if (detached || !isUnsent()) return
    cuts += 1
    const cut = cuts
    const state = documentState(doc)
    const queued = outbox.entry()
    if (queued !== null && sameState(queued.state, state)) return
    const update = Y.encodeStateAsUpdate(doc, marks?.acknowledged?.stateVector)
    await store.save()
    if (detached || acknowledgedCut >= cut) return
    await outbox.put(update, confirmedHash, { state, cut })
    deps.onChange()
  }

  const putSoon = (delay: number): void => {
    cancelOffline()
    cancelOffline = clock.after(delay + outbox.pauseFor(), () => void putIntoOutbox())
  }

  /** `unread`: the confirmed envelope, where the cursor did not pass it with this. */
  const acknowledge = (entry: Omit<Queued, 'id'>, unread: EnvelopeId | null): void => {
    if (entry.cut <= acknowledgedCut) return
    acknowledgedCut = entry.cut
    confirmedHash = entry.hash
    const before = marks?.unread ?? []
    setMarks({
      acknowledged: entry.state,
      relayed: null,
      unread: unread === null || readOwn.includes(unread) ? before : [...before, unread],
    })
  }

  /** Seals a Yjs update after it was read back, and sends it; in order, one after the other. */
  const send = (update: Uint8Array): void => {
    cuts += 1
    const cut = cuts
    const state = documentState(doc)
    const begun = era
    sending += 1
    const work = async (): Promise<void> => {
      await store.save()
      if (begun !== era) return
      const { id, hash, bytes } = await sealer.seal(document, update, lastHash)
      if (begun !== era) return
      lastHash = hash
      sent.push({ id, hash, state, cut, bytes: bytes.length, confirmed: false })
      deps.link().send({ type: 'append', document, envelopes: [bytes] })
      if (sent.length === 1) cancelUnconfirmed = clock.after(UNCONFIRMED_MS, () => void putIntoOutbox())
    }
    sendingTurn = sendingTurn
      .then(work)
      .catch(beginAgain)
      .then(() => {
        sending -= 1
        settle()
      })
    deps.onChange()
  }

  /** A step that failed must not stop the ones behind it in silence: the next connection takes all up again. */
  const beginAgain = (error: unknown): void => {
    console.error('A document could not be synced; it is tried again.', (error as Error).name)
    deps.link().restart()
  }
  const inTurn = (work: () => void | Promise<void>): void => {
    inHand += 1
    receiving = receiving
      .then(work)
      .catch(beginAgain)
      .then(() => {
        inHand -= 1
        deps.onChange()
      })
  }

  const batch = createBatch({ clock, people: () => presence.others() > 0, cut: send })

  const confirm = (ids: readonly EnvelopeId[], areRead: boolean): void => {
    for (const entry of sent) if (ids.includes(entry.id)) entry.confirmed = true
    while (sent[0]?.confirmed) {
      const entry = sent.shift()!
      acknowledge(entry, areRead ? null : entry.id)
      compactor.weigh({ entries: 1, bytes: entry.bytes })
    }
    compactor.confirmed(ids)
    settle()
  }

  const onUpdate = (_update: Uint8Array, origin: unknown): void => {
    if (origin === provider) return
    dirty = true
    if (phase === 'closed') putSoon(OFFLINE_PAUSE_MS)
    deps.onChange()
  }

  // ── reading ────────────────────────────────────────────────────────────────────────────────

  const load = (): void => {
    reading += 1
    phase = 'reading'
    deps.link().send({ type: 'load', document, after: marks!.cursor.position, request: reading })
    deps.onChange()
  }

  /** Reads the whole log into an empty document, to send exactly what the log lacks. Always safe. */
  const audit = (): void => {
    dirty = differs()
    audited = { log: new Y.Doc(), read: [], bad: new Set() }
    compactor.reset()
    era += 1
    sent = []
    refused = false
    const { setAside, weight, want } = marks ?? marksOfNewLog(hello!.log)
    marks = {
      ...marksOfNewLog(hello!.log),
      setAside: marks?.log === hello!.log ? setAside : [],
      want: marks?.log === hello!.log ? want : null,
      weight: { ...weight, entries: 0, bytes: 0 },
    }
    confirmedHash = NO_HASH
    lastHash = NO_HASH
    load()
  }

  const apply = (updates: readonly Uint8Array[]): void => {
    // One transaction, so that a thousand entries make one row and one event; its origin is the provider's, so that
    // the provider does not send them back.
    Y.transact(
      doc,
      () => {
        for (const update of updates) socket?.deliver(updateMessage(update))
      },
      provider,
      false,
    )
    audited?.log.transact(({ doc: log }) => {
      for (const update of updates) Y.applyUpdate(log, update)
    })
  }

  const checkWant = (): void => {
    if (marks === null || marks.want === null) return
    if (!deps.isAnswered(marks.want)) {
      deps.onWant(marks.want)
      return
    }
    const setAside = marks.setAside.map(entry => ({ ...entry, answered: true as const }))
    // Where only our reading of an entry was bad, the others found nothing missing in the log: it is read once more.
    setMarks({ want: null, setAside, auditDue: true })
    auditSoon()
    deps.onChange()
  }

  const takeOver = (content: Content, opened: readonly Result<Opened>[]): void => {
    const entries = content.entries.map((entry, index) => ({ entry, opened: opened[index]! }))
    const reading = readContent(marks!, entries, {
      session: sealer.session,
      auditing: audited !== null,
      covers: update => covers(update, doc),
    })
    apply(reading.updates)
    audited?.read.push(...reading.positions)
    for (const { entry, opened } of entries) if (!opened.ok) audited?.bad.add(entry.position)
    const lacks = reading.marks.missing > 0 && isPending()
    const isWorse =
      reading.marks.setAside.length > marks!.setAside.length ||
      (lacks && audited === null && reading.marks.missing > marks!.missing)
    const isWell = reading.marks.setAside.every(({ answered }) => answered) && !lacks
    const want = isWorse ? (marks!.want ?? randomId(deps.random)) : isWell ? null : marks!.want
    const came = new Set(opened.flatMap(result => (result.ok ? result.value.id : [])))
    const unread = marks!.unread.filter(id => !came.has(id))
    setMarks({ ...reading.marks, want, unread, cursor: content.to })
    if (want !== null) deps.onWant(want)
    readOwn = [...readOwn, ...reading.own].slice(-OWN_REMEMBERED)
    if (reading.own.length > 0) {
      confirm(reading.own, true)
      outboxDelivered(reading.own, true)
    }
  }

  /** The whole log was read: what was set aside and is not in it any more is in a snapshot that was read. */
  const forgetGone = (bad: ReadonlySet<number>): void => {
    const setAside = marks!.setAside.filter(({ position }) => bad.has(position))
    const isWell = setAside.every(({ answered }) => answered)
    if (setAside.length < marks!.setAside.length) setMarks({ setAside, want: isWell ? null : marks!.want })
  }

  const auditSoon = (): void => {
    cancelAudit ??= clock.after(AUDIT_PAUSE_MS, () => {
      cancelAudit = null
      if (phase === 'live' && audited === null && marks?.auditDue) audit()
    })
  }

  const contentCame = async (content: Content): Promise<void> => {
    if (content.request !== reading || marks === null) return
    if (content.from.position !== marks.cursor.position) return load()
    if (!sameMark(content.from, marks.cursor)) {
      deps.onOtherHistory()
      return audit()
    }
    const opened = await Promise.all(content.entries.map(entry => sealer.open(document, entry.envelope)))
    if (content.request !== reading || socket === null) return
    takeOver(content, opened)
    if (phase === 'live' && marks.auditDue) auditSoon()
  }

  const doneCame = (done: Done): void => {
    if (done.request !== reading || marks === null || socket === null) return
    if (!sameMark(done.head, marks.cursor)) {
      // Shorter than what we have read, or another log under the same name. An audit has just read it from its start.
      if (audited === null) {
        deps.onOtherHistory()
        audit()
        return
      }
      setMarks({ cursor: done.head })
    }
    phase = 'live'
    tidying = false
    if (audited !== null) {
      const finished = audited
      audited = null
      forgetGone(finished.bad)
      const log = documentState(finished.log)
      const here = documentState(doc)
      batch.clear()
      if (sameState(log, here)) {
        cuts += 1
        setMarks({ acknowledged: here, auditDue: false })
        acknowledgedCut = cuts
      } else {
        send(Y.encodeStateAsUpdate(doc, log.stateVector))
        setMarks({ auditDue: false })
      }
      void compactor
        .finished(finished, lastHash)
        .catch(beginAgain)
        .then(() => finished.log.destroy())
    } else if (marks.unread.length > 0) {
      // It confirmed them once: this log was rolled back to a place that lies after our cursor.
      deps.onOtherHistory()
      audit()
      return
    } else if (marks.auditDue) {
      audit()
      return
    }
    socket.deliver(step2(EMPTY_UPDATE))
    settle()
    void saveMarks()
  }

  const knownCame = (known: Known): void => {
    const isNext = marks !== null && sameMark(known.from, marks.cursor)
    if (isNext) setMarks({ cursor: known.to })
    confirm(known.envelopes, isNext && !sameMark(known.from, known.to))
  }

  const outboxDelivered = (ids: readonly EnvelopeId[], areRead: boolean): void => {
    const entry = outbox.entry()
    if (entry === null || !ids.includes(entry.id)) return
    outbox.forget()
    // What an entry leaves out is what the relay had when it was made; in an audit nothing of that is certain.
    if (audited !== null) return
    acknowledge(entry, areRead ? null : entry.id)
    if (phase === 'closed') {
      lastHash = confirmedHash
      dirty = differs()
    }
    settle()
  }

  // ── compaction ─────────────────────────────────────────────────────────────────────────────

  const compactor = createCompactor({
    document,
    slackBytes: deps.logSlackBytes,
    clock,
    random: deps.random,
    sealer,
    send: message => deps.link().send(message),
    marks: () => marks,
    setWeight: weight => setMarks({ weight }),
    ready: () => phase === 'live' && audited === null && !isPending(),
    drained: () => !refused && sending === 0 && sent.length === 0,
    onDraining: () => {
      batch.flush()
      dirty = differs()
    },
    beginAudit: () => {
      tidying = true
      audit()
    },
  })

  // ── y-websocket above ──────────────────────────────────────────────────────────────────────

  const begin = (): void => {
    if (hello === null || socket === null || phase !== 'closed') return
    const begunAt = hello
    lastHash = confirmedHash
    refused = false
    const state = documentState(doc)
    // Nothing here and nothing known: then nothing can be unsent, and the log can be read in pieces.
    if (marks === null && isEmptyState(state)) marks = { ...marksOfNewLog(begunAt.log), acknowledged: state }
    const mustAudit =
      marks === null ||
      marks.acknowledged === null ||
      marks.log !== begunAt.log ||
      marks.cursor.position > begunAt.head.position ||
      marks.auditDue ||
      marks.setAside.some(({ answered }) => !answered) ||
      (marks.missing > 0 && isPending())
    phase = 'reading'
    socket.open()
    if (mustAudit) audit()
    else {
      // What we have and the relay lacks is taken in this very tick: a later edit would be neither in it nor sent.
      capturing = true
      socket.deliver(step1(marks!.acknowledged!.stateVector))
      capturing = false
      load()
      if (initial !== null && !sameState(marks!.acknowledged!, state)) send(initial)
      initial = null
    }
    checkWant()
    keepAlive()
  }

  const keepAlive = (): void => {
    cancelKeepAlive = clock.after(KEEP_ALIVE_MS, () => {
      socket?.deliver(awarenessMessage(EMPTY_AWARENESS))
      keepAlive()
    })
  }

  const fromProvider = (message: Uint8Array): void => {
    const decoded = decodeYjsMessage(message)
    switch (decoded.type) {
      case 'step2':
        if (capturing) initial = decoded.update
        return
      case 'update':
        // The difference at the end of an audit holds this edit too.
        if (audited === null && !compactor.draining()) batch.add(decoded.update)
        return
      case 'awareness':
        return void presence.send(decoded.update)
      case 'step1':
        // The provider asks for what it lacks: the log's answer follows as updates, then an empty step 2.
        return
      case 'other':
        return
    }
  }

  const awareness = new Awareness(doc)
  const presence = createPresence({ document, doc, awareness, sealer, link: deps.link })
  const provider = new WebsocketProvider('ws://sealed', document, doc, {
    disableBc: true,
    awareness,
    connect: false,
    WebSocketPolyfill: createSealedSocketClass({
      attached: attached => {
        socket = attached
        begin()
      },
      sent: (from, message) => {
        if (from === socket) fromProvider(message)
      },
      detached: from => {
        if (from !== socket) return
        socket = null
        lost()
        begin()
      },
    }),
  })

  /** The connection below is gone, or the provider gave it up: nothing that is under way counts any more. */
  const lost = (): void => {
    if (phase === 'closed') return
    advance()
    phase = 'closed'
    reading += 1
    era += 1
    audited?.log.destroy()
    audited = null
    tidying = false
    compactor.reset()
    cancelAudit?.()
    cancelAudit = null
    sent = []
    batch.clear()
    cancelKeepAlive()
    cancelUnconfirmed()
    dirty = differs()
    if (dirty) void putIntoOutbox()
    deps.onChange()
  }

  const isPending = (): boolean => doc.store.pendingStructs !== null || doc.store.pendingDs !== null

  const isClean = (): boolean =>
    audited === null &&
    inHand === 0 &&
    !isUnsent() &&
    marks !== null &&
    marks.acknowledged !== null &&
    !marks.auditDue &&
    marks.unread.length === 0

  doc.on('update', onUpdate)
  provider.connect()
  if (dirty) putSoon(OFFLINE_PAUSE_MS)

  return {
    opened: greeting => {
      hello = greeting
      cancelOffline()
      if (socket !== null) begin()
      else provider.connect() // it may be in the middle of its own pause before trying again
    },
    received: message => {
      switch (message.type) {
        case 'content':
          inTurn(() => contentCame(message))
          return
        case 'done':
          inTurn(() => doneCame(message))
          return
        case 'known':
          inTurn(() => knownCame(message))
          return
        case 'ephemeral':
          inTurn(() => presence.received(message.data, socket))
          return
        default:
          return
      }
    },
    refused: ({ envelopes }) => {
      if (compactor.refused(envelopes)) return true
      if (envelopes.length > 0) {
        sent = sent.filter(({ id }) => !envelopes.includes(id))
        refused = true
      }
      return false
    },
    closed: () => {
      hello = null
      const dropped = socket
      socket = null
      lost()
      dropped?.drop()
    },
    delivered: ids => outboxDelivered(ids, false),
    caughtUp: () => phase === 'live' || tidying,
    unsent: isUnsent,
    queued: () => outbox.entry() !== null,
    // A gap in a chain counts only while content waits for what is missing: what is not waited for was sent again.
    setAside: () => {
      if (marks === null) return 0
      // What another device has looked for since counts only as long as content here waits for something.
      const bad = marks.setAside.filter(({ answered }) => !answered || isPending())
      return bad.length + (isPending() ? marks.missing : 0)
    },
    audit: () => {
      if (marks === null) return // it will be one anyway
      if (phase === 'live') audit()
      else if (audited === null) setMarks({ auditDue: true })
    },
    checkWant,
    setAsideEntries: () => marks?.setAside ?? [],
    cursor: () => marks?.cursor.position ?? START.position,
    storedUpTo: () => {
      if (phase !== 'live' || marks === null) return null
      const position = stored.log === marks.log ? stored.cursor.position : START.position
      if (!marks.auditDue)
        return { position, quiet: inHand === 0 && position === marks.cursor.position && !store.saving() }
      const bad = marks.setAside.map(entry => entry.position)
      return { position: Math.min(position, ...bad.map(at => at - 1)), quiet: false }
    },
    relayed: () =>
      marks === null || marks.acknowledged === null || isUnsent()
        ? null
        : { log: marks.log, at: marks.relayed ?? null },
    clean: () => (isClean() ? { log: marks!.log, position: marks!.cursor.position } : null),
    settled: () => phase === 'live' && isClean(),
    present: presence.others,
    onPresent: presence.onChange,
    setWatched: presence.setWatched,
    flush: async () => {
      batch.flush()
      if (phase === 'closed') await putIntoOutbox()
      else await sendingTurn
      advance()
    },
    detach: async () => {
      doc.off('update', onUpdate)
      cancelOffline()
      cancelKeepAlive()
      cancelUnconfirmed()
      compactor.reset()
      cancelAudit?.()
      cancelMarks()
      if (phase !== 'closed') deps.link().send({ type: 'leave', document })
      detached = true
      advance()
      phase = 'closed'
      reading += 1
      era += 1
      socket = null
      provider.destroy()
      awareness.destroy()
      await Promise.all([receiving, sendingTurn])
    },
  }
}
