import { Awareness } from 'y-protocols/awareness'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import type { DocumentId } from '../../../protocol/ids.ts'
import type { Sealer } from '../../keys/sealer.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DocumentStore } from '../../storage/document-store.ts'
import type { RelayLink } from '../relay/relay-link.ts'
import { createPresence, type Presence } from './presence.ts'
import { createSealedSocketClass, type SealedSocket } from './sealed-socket.ts'
import { decodeYjsMessage, EMPTY_UPDATE, isPresenceOf, step1, step2, updateMessage } from './yjs-messages.ts'

/** What a document's stock y-websocket provider takes for its Yjs server. */
export interface YjsServer {
  readonly presence: Pick<Presence, 'others' | 'onChange' | 'setWatched'>
  /** Makes the provider ask for a connection, even in the middle of its own pause before trying again. */
  invite(): void
  /** Whether the provider waits for its connection to open, or has it open. */
  isAttached(): boolean
  open(): void
  /** Takes what the document has beyond a state vector, in this very tick, as a Yjs update. */
  missingFrom(stateVector: Uint8Array): Uint8Array | null
  /**
   * Hands over updates that were checked to be decodable; they do not come back as edits. Answers with what the
   * document took in, or null where that is nothing.
   */
  apply(updates: readonly Uint8Array[]): Uint8Array | null
  /** The provider has all that was there. */
  synced(): void
  /** Sealed presence of somebody else. */
  presenceCame(sealed: Uint8Array): Promise<void>
  /** The connection below is lost. */
  drop(): void
  stop(): void
}

interface Deps {
  readonly document: DocumentId
  readonly store: Pick<DocumentStore, 'doc'>
  readonly sealer: Sealer
  readonly clock: Clock
  readonly link: Pick<RelayLink, 'send'>
  /** The provider waits for its connection to open. */
  readonly onAttached: () => void
  /** The provider gave its connection up. */
  readonly onDetached: () => void
  /** A change of this device, for the server. */
  readonly onUpdate: (update: Uint8Array) => void
  /** The document was changed on this device, connected or not. */
  readonly onEdit: () => void
  /** The document took something in from another relay, connected or not. */
  readonly onForeign: (update: Uint8Array) => void
}

export const createYjsServer = (deps: Deps): YjsServer => {
  const { document, clock, link } = deps
  const { doc } = deps.store
  let socket: SealedSocket | null = null
  let capturing = false
  let captured: Uint8Array | null = null
  let applied: Uint8Array | null = null
  let isForeign = false

  const fromProvider = (message: Uint8Array): void => {
    const decoded = decodeYjsMessage(message)
    switch (decoded.type) {
      case 'step2':
        if (capturing) captured = decoded.update
        return
      case 'update':
        if (!isForeign) deps.onUpdate(decoded.update)
        return
      case 'awareness':
        // The provider repeats what it hears of others, which a server would take for nothing new. A relay cannot
        // look inside, and would carry it to everybody once more.
        if (isPresenceOf(doc.clientID, decoded.update)) void presence.send(decoded.update)
        return
      case 'step1':
        // The provider asks for what it lacks: the log's answer follows as updates, then an empty step 2.
        return
      case 'other':
        return
    }
  }

  /** It has to hear of an update before the provider does, who hands it on whoever it is from. */
  const onUpdate = (update: Uint8Array, origin: unknown): void => {
    isForeign = origin instanceof WebsocketProvider && origin !== provider
    if (origin === provider) applied = update
    else if (isForeign) deps.onForeign(update)
    else deps.onEdit()
  }
  doc.on('update', onUpdate)

  const awareness = new Awareness(doc)
  const presence = createPresence({ document, doc, awareness, sealer: deps.sealer, clock, link })
  const provider = new WebsocketProvider('ws://sealed', document, doc, {
    disableBc: true,
    awareness,
    connect: false,
    WebSocketPolyfill: createSealedSocketClass({
      attached: attached => {
        socket = attached
        deps.onAttached()
      },
      sent: (from, message) => {
        if (from === socket) fromProvider(message)
      },
      detached: from => {
        if (from !== socket) return
        socket = null
        deps.onDetached()
      },
    }),
  })
  // It looks every 3 s whether its connection is silent. The link below asks the relay, and ends all connections at once.
  clearInterval(provider._checkInterval)

  return {
    presence,
    invite: () => provider.connect(),
    isAttached: () => socket !== null,
    open: () => {
      presence.renew()
      socket?.open()
    },
    missingFrom: stateVector => {
      captured = null
      capturing = true
      socket?.deliver(step1(stateVector))
      capturing = false
      return captured
    },
    apply: updates => {
      applied = null
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
      return applied
    },
    synced: () => socket?.deliver(step2(EMPTY_UPDATE)),
    presenceCame: sealed => presence.received(sealed, socket),
    drop: () => {
      const dropped = socket
      socket = null
      dropped?.drop()
    },
    stop: () => {
      doc.off('update', onUpdate)
      socket = null
      provider.destroy()
      awareness.destroy()
      presence.stop()
    },
  }
}
