import { type Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { DocumentId } from '../../../protocol/ids.ts'
import type { Sealer } from '../../keys/sealer.ts'
import { createListeners } from '../../listeners.ts'
import type { RelayLink } from '../relay/relay-link.ts'
import type { SealedSocket } from './sealed-socket.ts'
import { awarenessMessage } from './yjs-messages.ts'

/** Who else has a document open, carried sealed between y-websocket's awareness and the relay. */
export interface Presence {
  send(update: Uint8Array): Promise<void>
  received(sealed: Uint8Array, socket: SealedSocket | null): Promise<void>
  others(): number
  onChange(listener: () => void): () => void
  setWatched(watched: boolean): void
}

interface Deps {
  readonly document: DocumentId
  readonly doc: Y.Doc
  readonly awareness: Awareness
  readonly sealer: Sealer
  readonly link: Pick<RelayLink, 'send'>
}

export const createPresence = ({ document, doc, awareness, sealer, link }: Deps): Presence => {
  const listeners = createListeners()
  const others = (): number =>
    [...awareness.getStates().keys()].filter(client => client !== doc.clientID).length
  let known = 0

  const send = async (update: Uint8Array): Promise<void> => {
    const data = await sealer.sealPresence(document, update)
    link.send({ type: 'ephemeral', document, data })
  }

  awareness.setLocalState(null)
  awareness.on('change', ({ added }: { added: readonly number[] }) => {
    const isNew = added.some(client => client !== doc.clientID)
    // The relay keeps no presence, so whoever comes is told by those who are there.
    if (isNew && awareness.getLocalState() !== null)
      void send(encodeAwarenessUpdate(awareness, [doc.clientID]))
    if (others() === known) return
    known = others()
    listeners.tell()
  })

  return {
    send,
    received: async (sealed, socket) => {
      const update = await sealer.openPresence(document, sealed)
      if (update === null) return
      try {
        socket?.deliver(awarenessMessage(update))
      } catch {
        // presence that cannot be read shows nobody; it is never kept
      }
    },
    others,
    onChange: listeners.add,
    setWatched: watched => {
      if (watched !== (awareness.getLocalState() !== null)) awareness.setLocalState(watched ? {} : null)
    },
  }
}
