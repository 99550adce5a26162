import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { messageYjsSyncStep1, messageYjsSyncStep2 } from 'y-protocols/sync'
import { frame } from './raw-socket.ts'
import { type Heard, NOTHING, type Plan, type Speaker } from './speaker.ts'
import { allUpdates, countsIn } from './yjs-updates.ts'

/** Kinds of messages, as in @hocuspocus/server's types.ts. */
const SYNC = 0
const AUTH = 2
const SYNC_REPLY = 4
const SYNC_STATUS = 8
const UPDATE = 2
const AUTHENTICATED = 2
const EMPTY_VECTOR = Uint8Array.of(0)

const nameOf = (room: number): string => `room-${room}`

const message = (room: number, kind: number, write: (encoder: encoding.Encoder) => void): Buffer => {
  const encoder = encoding.createEncoder()
  encoding.writeVarString(encoder, nameOf(room))
  encoding.writeVarUint(encoder, kind)
  write(encoder)
  return frame(encoding.toUint8Array(encoder))
}

const syncMessage = (room: number, kind: number, type: number, content: Uint8Array): Buffer =>
  message(room, kind, encoder => {
    encoding.writeVarUint(encoder, type)
    encoding.writeVarUint8Array(encoder, content)
  })

/** The protocol of Hocuspocus' own provider, which itself would need more of the machine than the server does. */
export const createHocuspocusSpeaker = (): Speaker => {
  let plan: Plan = { rooms: 0, senders: 0, updates: 0 }
  let updates: readonly (readonly Uint8Array[])[] = []
  return {
    prepare: async wanted => {
      plan = wanted
      updates = allUpdates(plan)
    },
    found: async () => {},
    entrance: async () => ({ path: '/', protocols: [] }),
    greeting: room => {
      const token = message(room, AUTH, encoder => {
        encoding.writeVarUint(encoder, 0)
        encoding.writeVarString(encoder, 'nobody asks for it')
        encoding.writeVarString(encoder, '4.8.0')
      })
      return { say: [token], joined: false }
    },
    update: (room, sender, number) => syncMessage(room, SYNC, UPDATE, updates[sender]![number]!),
    hear: (bytes, room): Heard => {
      const decoder = decoding.createDecoder(bytes)
      decoding.readVarString(decoder)
      const kind = decoding.readVarUint(decoder)
      if (kind === AUTH)
        return decoding.readVarUint(decoder) === AUTHENTICATED
          ? { say: [syncMessage(room, SYNC, messageYjsSyncStep1, EMPTY_VECTOR)] }
          : NOTHING
      if (kind === SYNC_STATUS) return { confirmedOne: decoding.readVarInt(decoder) === 1 }
      if (kind !== SYNC && kind !== SYNC_REPLY) return NOTHING
      const type = decoding.readVarUint(decoder)
      if (type === messageYjsSyncStep1) return NOTHING // there is nothing yet to answer with
      const delivered = countsIn(decoding.readVarUint8Array(decoder))
      return { delivered, joined: type === messageYjsSyncStep2 }
    },
  }
}
