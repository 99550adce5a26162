import { frame } from './raw-socket.ts'
import type { Heard, Speaker } from './speaker.ts'
import { allUpdates } from './yjs-updates.ts'

const HEAD = 8

/** Bare ws: sender and number in front of the update, for the bench alone. */
export const createPlainSpeaker = (): Speaker => {
  let frames: readonly (readonly Buffer[])[] = []
  return {
    prepare: async plan => {
      frames = allUpdates(plan).map((updates, sender) =>
        updates.map((update, number) => {
          const message = Buffer.alloc(HEAD + update.length)
          message.writeUInt32BE(sender, 0)
          message.writeUInt32BE(number + 1, 4)
          message.set(update, HEAD)
          return frame(message)
        }),
      )
    },
    found: async () => {},
    entrance: async room => ({ path: `/${room}`, protocols: [] }),
    greeting: () => ({ say: [], joined: true }),
    update: (_room, sender, number) => frames[sender]![number]!,
    hear: (message): Heard => ({ delivered: [[message.readUInt32BE(0), message.readUInt32BE(4)]] }),
  }
}
