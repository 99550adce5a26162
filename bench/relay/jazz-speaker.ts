import { contendersFolder } from '../support/contenders.ts'
import { frame, openSocket } from './raw-socket.ts'
import { type Counts, type Heard, NOTHING, type Plan, type Speaker } from './speaker.ts'

interface Content {
  readonly action: 'content'
  readonly id: string
  readonly new: Readonly<
    Record<string, { readonly after: number; readonly newTransactions: readonly unknown[] }>
  >
}

interface Known {
  readonly action: 'known'
  readonly id: string
  readonly sessions: Readonly<Record<string, number>>
}

interface Room {
  /** Of its map. */
  readonly id: string
  readonly founding: readonly Content[]
  readonly senders: readonly { readonly session: string; readonly messages: readonly Content[] }[]
}

type MakeRooms = (
  plan: Plan,
  textOf: (room: number, sender: number, update: number) => string,
) => Promise<readonly Room[]>

/** Rooms that are brought to the server at once. */
const AT_ONCE = 200

/** Jazz's own messages (JSON), one group with one map for each room, each change of the map sealed and signed. */
export const createJazzSpeaker = (): Speaker => {
  let rooms: readonly Room[] = []
  const senderOf = new Map<string, number>()

  const bring = async (port: number, some: readonly Room[]): Promise<void> => {
    const waiting = new Set(some.map(({ id }) => id))
    let done = (): void => {}
    let failed = (_why: string): void => {}
    const known = new Promise<void>((resolve, reject) => {
      done = resolve
      failed = why => reject(new Error(why))
    })
    const socket = await openSocket({
      port,
      path: '/',
      protocols: [],
      onMessage: bytes => {
        for (const line of bytes.toString().split('\n')) {
          const message = JSON.parse(line) as Partial<Known>
          if (message.action === 'known' && waiting.delete(message.id!) && waiting.size === 0) done()
        }
      },
      onClose: why => failed(why),
    })
    for (const { founding } of some)
      for (const message of founding) socket.send(frame(JSON.stringify(message)))
    await known
    socket.destroy()
  }

  const countsOf = (sessions: readonly (readonly [string, number])[]): Counts =>
    sessions.flatMap(([session, count]) => {
      const sender = senderOf.get(session)
      return sender === undefined ? [] : [[sender, count] as const]
    })

  const hearOne = (message: Content | Known | { readonly action?: undefined }, room: number): Heard => {
    if (message.action === undefined || message.id !== rooms[room]!.id) return NOTHING
    if (message.action === 'known')
      return { joined: true, confirmed: countsOf(Object.entries(message.sessions)) }
    if (message.action !== 'content') return NOTHING
    const counts = Object.entries(message.new).map(
      ([session, { after, newTransactions }]) => [session, after + newTransactions.length] as const,
    )
    return { joined: true, delivered: countsOf(counts) }
  }

  return {
    prepare: async plan => {
      const { makeRooms } = (await import(`${contendersFolder}/jazz-updates.mjs`)) as { makeRooms: MakeRooms }
      rooms = await makeRooms(plan, (_room, _sender, update) => `word ${update}`)
      for (const room of rooms)
        for (const [sender, { session }] of room.senders.entries()) senderOf.set(session, sender)
    },
    found: async port => {
      for (let at = 0; at < rooms.length; at += AT_ONCE) await bring(port, rooms.slice(at, at + AT_ONCE))
    },
    entrance: async () => ({ path: '/', protocols: [] }),
    greeting: room => ({
      say: [frame(JSON.stringify({ action: 'load', id: rooms[room]!.id, header: false, sessions: {} }))],
      joined: false,
    }),
    update: (room, sender, number) => frame(JSON.stringify(rooms[room]!.senders[sender]!.messages[number])),
    hear: (bytes, room): Heard => {
      const text = bytes.toString()
      return text.includes('\n')
        ? merged(text.split('\n').map(line => hearOne(JSON.parse(line) as Content, room)))
        : hearOne(JSON.parse(text) as Content, room)
    },
  }
}

const merged = (all: readonly Heard[]): Heard => ({
  joined: all.some(({ joined }) => joined),
  delivered: all.flatMap(({ delivered = [] }) => delivered),
})
