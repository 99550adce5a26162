import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { messageYjsSyncStep1, messageYjsSyncStep2 } from 'y-protocols/sync'
import { frame } from './raw-socket.ts'
import { type Heard, NOTHING, type Speaker } from './speaker.ts'
import { allUpdates, countsIn } from './yjs-updates.ts'

const SYNC = 0
const UPDATE = 2
/** A state vector, and an update, with nothing in them. */
const EMPTY_VECTOR = Uint8Array.of(0)
const EMPTY_UPDATE = Uint8Array.of(0, 0)

const syncMessage = (type: number, content: Uint8Array): Buffer => {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, SYNC)
  encoding.writeVarUint(encoder, type)
  encoding.writeVarUint8Array(encoder, content)
  return frame(encoding.toUint8Array(encoder))
}

/** y-websocket's own protocol, one document for each room. */
export const createYWebsocketSpeaker = (): Speaker => {
  const greeting = syncMessage(messageYjsSyncStep1, EMPTY_VECTOR)
  const answer = syncMessage(messageYjsSyncStep2, EMPTY_UPDATE)
  let frames: readonly (readonly Buffer[])[] = []
  return {
    prepare: async plan => {
      frames = allUpdates(plan).map(updates => updates.map(update => syncMessage(UPDATE, update)))
    },
    found: async () => {},
    entrance: async room => ({ path: `/room-${room}`, protocols: [] }),
    greeting: () => ({ say: [greeting], joined: false }),
    update: (_room, sender, number) => frames[sender]![number]!,
    hear: (message): Heard => {
      const decoder = decoding.createDecoder(message)
      if (decoding.readVarUint(decoder) !== SYNC) return NOTHING
      const type = decoding.readVarUint(decoder)
      if (type === messageYjsSyncStep1) return { say: [answer] }
      const delivered = countsIn(decoding.readVarUint8Array(decoder))
      return { delivered, joined: type === messageYjsSyncStep2 }
    },
  }
}
