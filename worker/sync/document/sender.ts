import * as Y from 'yjs'
import type { DocumentId, EnvelopeId } from '../../../protocol/ids.ts'
import { documentState, hasAllPending, sameState } from '../../documents/document-state.ts'
import type { Sealer } from '../../keys/sealer.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DocumentStore } from '../../storage/document-store.ts'
import type { RelayLink } from '../relay/relay-link.ts'
import type { Acknowledged, CutEnvelope } from './acknowledged.ts'
import { createBatch } from './batch.ts'
import { createTurns } from './turns.ts'

/** Brings a document's changes to the relay, in order: batched, written down, sealed, sent, and waited for. */
export interface Sender {
  /** A batch of y-websocket's. */
  add(update: Uint8Array): void
  /** The document was changed on this device. */
  edited(): void
  /** Seals a Yjs update, and sends it once the database has it, behind those before it. */
  send(update: Uint8Array, confirmed?: () => void): void
  /** Whether changes are not sent as they come, but with a difference later. */
  isHeld(): boolean
  /** Whether the relay may lack something. */
  unsent(): boolean
  /** Something could not be sealed because this device might not write then, or lacked the newest keys. */
  isBarred(): boolean
  /** Nothing is on its way. */
  drained(): boolean
  /** Connected: changes are sent as they come. */
  open(): void
  /** What waits is sent; what comes from now on waits for `sendDifference`. */
  hold(): void
  /** Nothing that waits or is on its way counts any more: what the relay lacks is taken from the document again. */
  interrupt(): void
  /** Without a connection: the service worker delivered something. */
  compare(): void
  /** The log was read from its start: sends what it lacks. */
  sendDifference(log: Y.Doc): void
  /** The relay has these. `areRead`: they were read in its log, too. */
  confirm(ids: readonly EnvelopeId[], areRead: boolean): void
  /** They stay unsent until a new connection takes them from the document again. */
  refused(ids: readonly EnvelopeId[]): void
  /** Of our last envelope on this connection. */
  lastFingerprint(): Uint8Array
  flush(): void
  /** Resolves when all that was handed over so far is on its way. */
  sent(): Promise<void>
}

interface Deps {
  readonly document: DocumentId
  readonly store: Pick<DocumentStore, 'doc' | 'written'>
  readonly sealer: Pick<Sealer, 'seal'>
  readonly clock: Clock
  readonly acknowledged: Acknowledged
  /** Whether this device may write: what it made before it lost that stays unsent. */
  readonly mayWrite: () => boolean
  /** Whether other people look at the document. */
  readonly people: () => boolean
  readonly link: Pick<RelayLink, 'send'>
  /** Something is on its way, and nothing was before. */
  readonly onWaiting: () => void
  /** Something goes to the relay that it may lack. */
  readonly onSending: () => void
  /** An envelope of this many bytes was confirmed. */
  readonly onConfirmed: (bytes: number) => void
  readonly onFailed: (error: unknown) => void
  /** Something was sent, or could not be. */
  readonly onSent: () => void
  readonly onChange: () => void
}

/** An envelope on its way. */
interface Sent extends CutEnvelope {
  readonly bytes: number
  confirmed: boolean
  readonly onConfirmed: () => void
}

export const createSender = (deps: Deps): Sender => {
  const { document, store, clock, acknowledged } = deps
  const { doc } = store
  /** Whether changes wait for the document to be compared, and not in a batch. */
  let held = true
  /** While they do: whether there are any. */
  let dirty = acknowledged.differs()
  /** Grows when all that was sent before counts no more. */
  let era = 0
  let sent: Sent[] = []
  let lastFingerprint = acknowledged.lastFingerprint()
  /** A batch was refused or could not be sealed: it stays unsent until the next connection. */
  let failed = false
  let barred = false

  const turns = createTurns({
    onFailed: error => {
      failed = true
      deps.onFailed(error)
    },
    onDone: deps.onSent,
  })

  const send = (update: Uint8Array, onConfirmed = (): void => undefined): void => {
    if (!deps.mayWrite()) {
      failed = true
      barred = true
      return
    }
    deps.onSending()
    const cut = acknowledged.cut()
    const begun = era
    const written = store.written()
    turns.add(async () => {
      if (begun !== era) return
      // Sealed while it is being written, and sent only once it is: after a crash a tab would bring what nobody wrote
      // down once more, and others would have it twice (SYNC-1).
      const [{ id, fingerprint, bytes }] = await Promise.all([
        deps.sealer.seal(document, update, lastFingerprint),
        written,
      ])
      if (begun !== era) return
      lastFingerprint = fingerprint
      sent.push({ ...cut, id, fingerprint, bytes: bytes.length, confirmed: false, onConfirmed })
      deps.link.send({ type: 'append', document, envelopes: [bytes] })
      if (sent.length === 1) deps.onWaiting()
    })
    deps.onChange()
  }

  const batch = createBatch({ clock, people: deps.people, cut: update => send(update) })

  return {
    add: update => {
      if (!held) batch.add(update)
    },
    edited: () => {
      dirty = true
    },
    send: (update, confirmed) => {
      // All that is here counts as confirmed with this one: what waits in the batch has to be there before it.
      batch.flush()
      send(update, confirmed)
    },
    isHeld: () => held,
    unsent: () => (held ? dirty : failed || batch.size() > 0 || turns.open() > 0 || sent.length > 0),
    isBarred: () => barred,
    drained: () => !failed && turns.open() === 0 && sent.length === 0,
    open: () => {
      held = false
      lastFingerprint = acknowledged.lastFingerprint()
      failed = false
      barred = false
    },
    hold: () => {
      batch.flush()
      held = true
      dirty = acknowledged.differs()
    },
    interrupt: () => {
      held = true
      dirty = acknowledged.differs()
      era += 1
      // Sent in the middle of an audit, it would be confirmed, and all that was here then would count as confirmed.
      batch.clear()
      sent = []
      lastFingerprint = acknowledged.lastFingerprint()
      failed = false
      barred = false
    },
    compare: () => {
      dirty = acknowledged.differs()
    },
    sendDifference: log => {
      held = false
      const there = documentState(log)
      const here = documentState(doc)
      // What waits here may be complete one day, and nobody would look again for what the log has of it.
      if (sameState(there, here) && hasAllPending(log, doc)) acknowledged.confirmAll(here)
      else send(Y.encodeStateAsUpdate(doc, there.stateVector))
    },
    confirm: (ids, areRead) => {
      for (const envelope of sent) if (ids.includes(envelope.id)) envelope.confirmed = true
      while (sent[0]?.confirmed) {
        const envelope = sent.shift()!
        envelope.onConfirmed()
        acknowledged.confirm(envelope, areRead)
        deps.onConfirmed(envelope.bytes)
      }
    },
    refused: ids => {
      if (ids.length === 0) return
      sent = sent.filter(({ id }) => !ids.includes(id))
      failed = true
    },
    lastFingerprint: () => lastFingerprint,
    flush: batch.flush,
    sent: turns.done,
  }
}
