import type { DocumentId, EnvelopeId } from '../../../protocol/ids.ts'
import type { Hello, Refused, RelayMessage } from '../../../protocol/relay-messages.ts'
import type { Attachment, Others } from '../../documents/attachments.ts'
import { documentState, isEmptyState, isPending, sameState } from '../../documents/document-state.ts'
import type { Sealer } from '../../keys/sealer.ts'
import { createListeners } from '../../listeners.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'
import type { DocumentStore } from '../../storage/document-store.ts'
import type { RelayLink } from '../relay/relay-link.ts'
import { createAcknowledged } from './acknowledged.ts'
import { type ChannelStatus, createChannelStatus } from './channel-status.ts'
import { createCompactor } from './compactor.ts'
import { createForeign } from './foreign.ts'
import { createKeptMarks } from './kept-marks.ts'
import type { OutboxSlot } from './outbox-slot.ts'
import { createOutboxWriter } from './outbox-writer.ts'
import { createReader } from './reader.ts'
import { isPutBack, marksOfNewLog, resumableFrom } from './relay-marks.ts'
import { createSender } from './sender.ts'
import { waitsForMembers } from './set-aside.ts'
import { createTurns } from './turns.ts'
import { contentOf, NO_CONTENT, pendingContent } from './update-content.ts'
import { createYjsServer } from './yjs-server.ts'

/** A loaded document at one relay: the journal between y-websocket above and the relay's log below. */
export interface Channel extends Attachment, ChannelStatus {
  opened(hello: Hello): void
  received(message: RelayMessage): void
  /** True where it needs nobody else's attention: only a snapshot was refused, and the log stays as it is. */
  refused(message: Refused): boolean
  closed(): void
  /** Envelopes that the service worker delivered. */
  delivered(envelopes: readonly EnvelopeId[]): void
  /** Compares the whole log with the document, now or as soon as there is a connection. */
  audit(): void
  /** Others may have answered what is wanted here. */
  checkWant(): void
  /** Something new was said about the members: what was set aside may be readable now. */
  membersChanged(): void
  /** Whether the relay has not brought yet what another one brought. */
  late(): boolean
}

export interface ChannelDeps {
  readonly document: DocumentId
  readonly relay: string
  readonly store: Pick<DocumentStore, 'doc' | 'mark' | 'setMark' | 'save' | 'saving' | 'written'>
  readonly others: Others
  readonly sealer: Sealer
  readonly clock: Clock
  readonly random: Random
  readonly link: Pick<RelayLink, 'send' | 'newRequest' | 'restart'>
  readonly outbox: OutboxSlot
  readonly logSlackBytes: number
  /** Whether this device may write in the workspace. */
  readonly mayWrite: () => boolean
  /** Something here could not be read: other devices are to be asked under this name. */
  readonly onWant: (want: string) => void
  readonly isAnswered: (want: string) => boolean
  /** The log is not the one that was read before. */
  readonly onOtherHistory: () => void
  /** It was `late` when the document was closed on this connection. */
  readonly wasLate: boolean
  /** The relay did not hand out so many changes that came by other relays. */
  readonly onLacked: (changes: number) => void
  /** Something that the status shows may have changed. */
  readonly onChange: () => void
}

export const createChannel = (deps: ChannelDeps): Channel => {
  const { document, store, outbox, link, onChange } = deps
  const { doc } = store
  /** The relay's greeting on the connection that is open now. */
  let hello: Hello | null = null
  /** Connected, it could have brought what another relay brought before it. */
  let isLate = deps.wasLate

  /** A step that failed must not stop the ones behind it in silence: the next connection takes all up again. */
  const beginAgain = (error: unknown): void => {
    console.error('A document could not be synced; it is tried again.', (error as Error).name)
    link.restart()
  }

  const marks = createKeptMarks({ ...deps, log: () => hello?.log ?? null, beforeSave: () => advance() })
  const acknowledged = createAcknowledged({ store, marks, isWhole: () => !foreign.pending() })

  const sending = createListeners()
  const sender = createSender({
    ...deps,
    acknowledged,
    people: () => server.presence.others() > 0,
    onWaiting: () => outboxWriter.writeUnlessConfirmed(),
    onSending: sending.tell,
    onConfirmed: bytes => compactor.weigh({ entries: 1, bytes }),
    onFailed: beginAgain,
    onSent: () => settle(),
  })

  const foreign = createForeign({
    ...deps,
    isPending: () => isPending(doc),
    isLive: () => reader.isLive() && !sender.isHeld(),
    isElsewhere: deps.others.haveAll,
    wasLate: () => isLate,
    send: sender.send,
  })
  const unsent = (): boolean => sender.unsent() || foreign.pending()

  const outboxWriter = createOutboxWriter({ ...deps, marks, acknowledged, isUnsent: sender.unsent })

  const compactor = createCompactor({
    ...deps,
    slackBytes: deps.logSlackBytes,
    send: link.send,
    marks: marks.get,
    setWeight: weight => marks.set({ weight }),
    ready: () => reader.isLive() && !isPending(doc) && deps.mayWrite(),
    drained: sender.drained,
    onDraining: sender.hold,
    beginAudit: () => reader.auditToCompact(),
  })

  const reader = createReader({
    ...deps,
    marks,
    log: () => hello!.log,
    apply: updates => {
      const waited = isPending(doc)
      const taken = server.apply(updates)
      foreign.brought(updates, waited ? taken : null)
    },
    onKnown: (ids, areRead) => confirm(ids, areRead),
    onOwn: ids => {
      acknowledged.cameBack(ids)
      confirm(ids, true)
      outboxDelivered(ids, true)
    },
    onAudit: () => {
      acknowledged.startAnew()
      outbox.outdate()
      foreign.reset()
      sender.interrupt()
      compactor.reset()
    },
    onAudited: audit => {
      sender.sendDifference(audit.log)
      foreign.audited(pendingContent(doc))
      marks.set({ auditDue: false })
      void compactor
        .finished(audit, sender.lastFingerprint())
        .catch(beginAgain)
        .then(() => audit.log.destroy())
    },
    onLive: () => {
      server.synced()
      foreign.live()
      settle()
      void marks.save()
    },
  })

  const server = createYjsServer({
    ...deps,
    onAttached: () => begin(),
    onDetached: () => lost(),
    onUpdate: sender.add,
    onEdit: () => {
      sender.edited()
      if (!reader.isOpen()) outboxWriter.writeSoon()
      onChange()
    },
    onForeign: update => {
      sender.edited()
      if (hello !== null && !reader.isOpen()) isLate = true
      // Who may only read hands nothing on: others do.
      if (!sender.isHeld() && deps.mayWrite()) foreign.came(update)
      onChange()
    },
  })

  /** What the relay sent is dealt with in its order. */
  const received = createTurns({ onFailed: beginAgain, onDone: onChange })

  const begin = (): void => {
    if (hello === null || !server.isAttached() || reader.isOpen()) return
    sender.open()
    const state = documentState(doc)
    // Nothing here and nothing known: then nothing can be unsent, and the log can be read in pieces.
    if (marks.get() === null && isEmptyState(state))
      marks.replace({ ...marksOfNewLog(hello.log), acknowledged: state })
    if (isPutBack(marks.get(), hello)) deps.onOtherHistory()
    const known = resumableFrom(marks.get(), hello)
    server.open()
    if (known === null) reader.audit()
    else {
      // What we have and the relay lacks is taken in this very tick: a later edit would be neither in it nor sent.
      const missing = server.missingFrom(known.stateVector)
      reader.load()
      if (missing !== null && !sameState(known, state)) sendMissing(missing, known.deletes !== state.deletes)
    }
    reader.checkWant()
  }

  /** With other relays most of it came from them, and lies further on in this log: that is read first. */
  const sendMissing = (missing: Uint8Array, hasDeletes: boolean): void => {
    const content = contentOf(missing)
    if (deps.others.any())
      foreign.taken(missing, hasDeletes ? content : { ...NO_CONTENT, structs: content.structs })
    else sender.send(missing)
  }

  /** The connection below is gone, or the provider gave it up: nothing that is under way counts any more. */
  const lost = (): void => {
    if (!reader.isOpen()) return
    advance()
    reader.close()
    compactor.reset()
    outboxWriter.endWait()
    foreign.reset()
    sender.interrupt()
    if (sender.unsent()) void outboxWriter.write()
    onChange()
  }

  const confirm = (ids: readonly EnvelopeId[], areRead: boolean): void => {
    sender.confirm(ids, areRead)
    compactor.confirmed(ids, areRead)
    settle()
  }

  const outboxDelivered = (ids: readonly EnvelopeId[], areRead: boolean): void => {
    const entry = outbox.entry()
    if (entry === null || !ids.includes(entry.id)) return
    outbox.forget()
    // What an entry leaves out is what the relay had when it was made; in an audit nothing of that is certain.
    if (reader.isAuditing()) return
    acknowledged.confirm(entry, areRead)
    if (!reader.isOpen()) sender.compare()
    settle()
  }

  /** What was on its way came to an end, one way or another. */
  const settle = (): void => {
    const now = marks.get()
    if (reader.isLive() && !unsent()) {
      isLate = false
      outboxWriter.endWait()
      if (now !== null && !now.relayed)
        marks.set({ relayed: { position: now.cursor.position, at: deps.clock.now() } })
      void outbox.clear()
    }
    compactor.look()
    onChange()
  }

  /** With nothing unsent, all that is here is at the relay: what came from others too. */
  const advance = (): void => {
    const now = marks.get()
    if (now === null || !reader.isOpen() || reader.isAuditing() || unsent()) return
    const state = documentState(doc)
    if (now.acknowledged === null || !sameState(now.acknowledged, state)) marks.acknowledge(state)
  }

  server.invite()
  if (sender.unsent()) outboxWriter.writeSoon()

  return {
    opened: greeting => {
      hello = greeting
      outboxWriter.connected()
      if (server.isAttached()) begin()
      else server.invite()
    },
    received: message => {
      switch (message.type) {
        case 'content':
          return received.add(async () => {
            const lacked = foreign.pending()
            // Who may only read cannot send what another relay had first: whether this brings it, the log will tell.
            if (reader.isLive() && !deps.mayWrite() && sender.unsent() && deps.others.haveAll())
              marks.set({ auditDue: true })
            await reader.content(message)
            if (lacked && !foreign.pending()) settle()
            compactor.lookLater()
          })
        case 'done':
          return received.add(() => reader.done(message))
        case 'known':
          return received.add(() => reader.known(message))
        case 'ephemeral':
          return received.add(() => server.presenceCame(message.data))
        default:
          return
      }
    },
    refused: ({ envelopes }) => {
      if (compactor.refused(envelopes)) return true
      sender.refused(envelopes)
      return false
    },
    closed: () => {
      hello = null
      isLate = false
      lost()
      server.drop()
    },
    confirms: true,
    ...createChannelStatus({ store, marks, sender: { unsent }, reader, outbox, received }),
    delivered: ids => outboxDelivered(ids, false),
    audit: reader.auditInTime,
    checkWant: reader.checkWant,
    membersChanged: () => {
      const now = marks.get()
      if (now !== null && waitsForMembers(now)) reader.auditInTime()
      // The keys of a new epoch may come a moment after the news of it: what was refused in between is taken again.
      if (sender.isBarred() && deps.mayWrite()) deps.link.restart()
    },
    late: () => (isLate && unsent()) || foreign.late(),
    present: server.presence.others,
    onPresent: server.presence.onChange,
    onSending: sending.add,
    setWatched: server.presence.setWatched,
    flush: async () => {
      sender.flush()
      if (reader.isOpen()) await sender.sent()
      else await outboxWriter.write()
      advance()
    },
    detach: async () => {
      outboxWriter.stop()
      compactor.reset()
      marks.stop()
      if (reader.isOpen()) link.send({ type: 'leave', document })
      advance()
      reader.close()
      foreign.reset()
      sender.interrupt()
      server.stop()
      await Promise.all([received.done(), sender.sent()])
    },
  }
}
