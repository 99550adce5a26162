import { PLACES } from '../../protocol/envelope.ts'
import { encodeClientMessage } from '../../protocol/relay-codec.ts'
import { ACCESS_TYPE, accessPath, SUBPROTOCOL, workspacePath } from '../../protocol/relay-http.ts'
import type { RelayMessage } from '../../protocol/relay-messages.ts'
import { createRelayDecoder, type Decode } from '../../protocol/wire-codec.ts'
import { createDevice, createGroup, type Group, randomDocument } from '../../tests/server/support/member.ts'
import { frame } from './raw-socket.ts'
import { type Heard, NOTHING, type Speaker } from './speaker.ts'
import { allUpdates } from './yjs-updates.ts'

/** What AES-GCM adds to an update. */
const TAG_BYTES = 16
/** Workspaces that are brought to the relay at once. */
const AT_ONCE = 20

/**
 * The relay's own protocol. Each room is a workspace with a document; its members are connections of one device, each
 * with a token and a session of its own. The envelopes are signed as they always are; their cipher text is random
 * bytes, which is what it is to a relay.
 */
export const createHoldfastSpeaker = (): Speaker => {
  const document = randomDocument()
  let groups: readonly Group[] = []
  let frames: readonly (readonly (readonly Buffer[])[])[] = []
  /** Sender by session. */
  const senderOf = new Map<string, number>()
  const decoders = new WeakMap<object, Decode<RelayMessage>>()

  const decoderOf = (connection: object): Decode<RelayMessage> => {
    const known = decoders.get(connection) ?? createRelayDecoder()
    decoders.set(connection, known)
    return known
  }

  const bring = async (port: number, { workspace, statements }: Group): Promise<void> => {
    const answer = await fetch(`http://localhost:${port}${accessPath(workspace)}`, {
      method: 'PUT',
      body: statements[0]!,
      headers: { 'content-type': ACCESS_TYPE },
    })
    if (!answer.ok) throw new Error(await answer.text())
  }

  return {
    builds: true,
    prepare: async plan => {
      const updates = allUpdates(plan)
      const founded: Group[] = []
      const sealed: Buffer[][][] = []
      for (let room = 0; room < plan.rooms; room++) {
        const group = await createGroup()
        founded.push(group)
        const ofRoom: Buffer[][] = []
        for (let sender = 0; sender < plan.senders; sender++) {
          const device = await createDevice(group.workspace, group.owner)
          senderOf.set(device.session, sender)
          const ofSender: Buffer[] = []
          for (const update of updates[sender]!) {
            const { bytes } = await device.seal(document, { bytes: update.length + TAG_BYTES })
            ofSender.push(frame(encodeClientMessage({ type: 'append', document, envelopes: [bytes] })))
          }
          ofRoom.push(ofSender)
        }
        sealed.push(ofRoom)
      }
      groups = founded
      frames = sealed
    },
    found: async port => {
      for (let at = 0; at < groups.length; at += AT_ONCE)
        await Promise.all(groups.slice(at, at + AT_ONCE).map(group => bring(port, group)))
    },
    entrance: async (room, port) => {
      const { workspace, owner } = groups[room]!
      const token = await owner.token(`http://localhost:${port}`)
      return { path: workspacePath(workspace), protocols: [SUBPROTOCOL, token] }
    },
    greeting: () => ({
      say: [frame(encodeClientMessage({ type: 'load', document, after: 0, request: 1 }))],
      joined: false,
    }),
    update: (room, sender, number) => frames[room]![sender]![number]!,
    hear: (bytes, _room, connection): Heard => {
      const decoded = decoderOf(connection)(bytes)
      if (!decoded.ok) throw new Error(decoded.error.message)
      const message = decoded.value
      switch (message.type) {
        case 'content':
          return {
            delivered: message.entries.map(({ envelope }) => {
              const place = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.length)
              const session = place.toString('base64url', PLACES.session, PLACES.sequence)
              return [senderOf.get(session)!, place.readUInt32BE(PLACES.sequence)] as const
            }),
          }
        case 'done':
          return { joined: true }
        case 'known':
          return {
            confirmed: message.envelopes.map(id => {
              const [session, sequence] = id.split('.')
              return [senderOf.get(session!)!, Number(sequence)] as const
            }),
          }
        case 'refused':
          throw new Error(message.message)
        default:
          return NOTHING
      }
    },
  }
}
