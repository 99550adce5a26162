import {
  type Awareness,
  encodeAwarenessUpdate,
  outdatedTimeout,
  removeAwarenessStates,
} from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { DocumentId } from '../../../protocol/ids.ts'
import type { Sealer } from '../../keys/sealer.ts'
import { createListeners } from '../../listeners.ts'
import type { Clock } from '../../platform/clock.ts'
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
  /** We are here, said anew: somebody may have taken us for gone, who would not listen to what they know already. */
  renew(): void
  stop(): void
}

interface Deps {
  readonly document: DocumentId
  readonly doc: Y.Doc
  readonly awareness: Awareness
  readonly sealer: Sealer
  readonly clock: Clock
  readonly link: Pick<RelayLink, 'send'>
}

interface AwarenessUpdate {
  readonly added: readonly number[]
  readonly updated: readonly number[]
  readonly removed: readonly number[]
}

const RENEW_AFTER_MS = outdatedTimeout / 2
/** Whoever comes says so, and is told that we are here; this is for words that were lost, or could not be read yet. */
const RENEW_ALONE_AFTER_MS = 5 * 60_000

export const createPresence = ({ document, doc, awareness, sealer, clock, link }: Deps): Presence => {
  const listeners = createListeners()
  /** The others, and when each was heard of. */
  const heard = new Map<number, number>()
  let renewed = clock.now()
  let cancel = (): void => {}

  const send = async (update: Uint8Array): Promise<void> => {
    const data = await sealer.sealPresence(document, update)
    link.send({ type: 'ephemeral', document, data })
  }
  const isHere = (): boolean => awareness.getLocalState() !== null
  const renew = (): void => {
    if (isHere()) awareness.setLocalState(awareness.getLocalState())
  }

  const renewalDue = (): number =>
    isHere() ? renewed + (heard.size > 0 ? RENEW_AFTER_MS : RENEW_ALONE_AFTER_MS) : Infinity
  const tend = (): void => {
    cancel()
    const due = Math.min(renewalDue(), ...[...heard.values()].map(at => at + outdatedTimeout))
    if (due === Infinity) return
    cancel = clock.after(Math.max(0, due - clock.now()), () => {
      const since = clock.now() - outdatedTimeout
      const gone = [...heard].flatMap(([client, at]) => (at <= since ? [client] : []))
      removeAwarenessStates(awareness, gone, 'timeout')
      if (renewalDue() <= clock.now()) renew()
      tend()
    })
  }

  // Awareness looks every 3 s whether one of these is due, for each document, and also where nobody is.
  clearInterval(awareness._checkInterval)
  awareness.setLocalState(null)
  awareness.on('update', ({ added, updated, removed }: AwarenessUpdate) => {
    const before = heard.size
    let isNew = false
    for (const client of [...added, ...updated, ...removed]) {
      if (client === doc.clientID) renewed = clock.now()
      else if (awareness.getStates().has(client)) {
        isNew ||= !heard.has(client)
        heard.set(client, clock.now())
      } else heard.delete(client)
    }
    tend()
    // The relay keeps no presence, so whoever comes is told by those who are there.
    if (isNew && isHere()) void send(encodeAwarenessUpdate(awareness, [doc.clientID]))
    if (heard.size !== before) listeners.tell()
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
    others: () => heard.size,
    onChange: listeners.add,
    setWatched: watched => {
      if (watched !== isHere()) awareness.setLocalState(watched ? {} : null)
    },
    renew,
    stop: () => cancel(),
  }
}
