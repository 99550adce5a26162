import { readFileSync } from 'node:fs'
import { quantile } from '../support/statistics.ts'
import { openSocket, type RawSocket } from './raw-socket.ts'
import type { Heard, Plan, Speaker } from './speaker.ts'

/** Who joins: these members of each of these rooms. The first `senders` of a room are the ones that write. */
export interface Guests {
  readonly rooms: readonly [from: number, to: number]
  readonly members: readonly [from: number, to: number]
}

/** What an update waits for before its sender goes on: that all others in the room have it, or that it is confirmed. */
export type Until = 'delivered' | 'confirmed'

interface Flood {
  readonly until: Until
  /** Updates of one sender that are under way at once. */
  readonly window: number
  /** Of each sender. */
  readonly updates: number
  /** The share of all updates that is sent before anything is counted, while the server gets warm. */
  readonly warmUp: number
  /** The server: its CPU time is read, and it is killed at the end if `kill` says so. */
  readonly server: number
  readonly kill?: boolean
}

export interface Flooded {
  readonly seconds: number
  /** Updates that reached somebody, once for each of them. */
  readonly deliveries: number
  readonly updates: number
  /** CPU seconds of the server. */
  readonly cpu: number
  /** Of all, in the end. */
  readonly confirmed: number
}

/** Milliseconds from sending to delivery. */
export interface Latencies {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

interface Client {
  readonly room: number
  readonly member: number
  readonly socket: RawSocket
  /** By sender, how many updates have come. */
  readonly has: Int32Array
  confirmed: number
  joined: boolean
}

/** A sender's updates under way. */
interface Line {
  readonly client: Client
  sent: number
  /** By update, how many have it. */
  readonly reached: Int32Array
  readonly sentAt: Float64Array
}

/** Many clients of one server in one process. */
export interface Crowd {
  /** Resolves when all of them are in. */
  join(port: number, guests: Guests): Promise<void>
  flood(flood: Flood): Promise<Flooded>
  /** One sender in the first room sends now and then. */
  type(typing: { readonly updates: number; readonly everyMs: number }): Promise<Latencies>
  /**
   * How many updates of the first sender a member of the first room has: as soon as it has as many as hoped for, or
   * when nothing came for some time. Not every server waits with its answer to newcomers until it has read its store.
   */
  has(member: number, hopedFor: number): Promise<number>
  /** Ends all connections. */
  leave(): void
}

const JOIN_AT_ONCE = 50
const NOTHING_MORE_AFTER_MS = 2000
const TICKS_PER_SECOND = 100
/** Messages whose meaning is remembered: everybody in a room gets the same bytes. */
const REMEMBERED = 2000

/** User and system time of a process, in seconds: fields 14 and 15 of /proc/<pid>/stat (proc(5)). */
const cpuSeconds = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

export const createCrowd = (speaker: Speaker, { senders }: Plan): Crowd => {
  let clients: Client[] = []
  let joinedOnes = 0
  let broken: string | null = null
  let fail = (why: string): void => {
    broken ??= why
  }
  let onJoined = (): void => {}
  let onDelivered = (_client: Client, _sender: number, _from: number, _to: number): void => {}
  let onConfirmed = (_client: Client, _from: number, _to: number): void => {}
  const meanings = new Map<string, Heard>()

  const meaningOf = (message: Buffer, room: number, connection: object): Heard => {
    const key = speaker.builds || message.length > 512 ? null : `${room} ${message.toString('latin1')}`
    const before = key === null ? undefined : meanings.get(key)
    if (before) return before
    const heard = speaker.hear(message, room, connection)
    if (key === null) return heard
    if (meanings.size >= REMEMBERED) meanings.clear()
    meanings.set(key, heard)
    return heard
  }

  const becomeJoined = (client: Client): void => {
    if (client.joined) return
    client.joined = true
    onJoined()
  }

  const receive = (client: Client, message: Buffer): void => {
    const { say, joined, delivered, confirmed, confirmedOne } = meaningOf(message, client.room, client)
    for (const frame of say ?? []) client.socket.send(frame)
    for (const [sender, count] of delivered ?? []) {
      const before = client.has[sender]!
      if (count <= before || sender === client.member) continue
      client.has[sender] = count
      onDelivered(client, sender, before, count)
    }
    const own = confirmedOne
      ? client.confirmed + 1
      : (confirmed?.find(([sender]) => sender === client.member)?.[1] ?? 0)
    if (own > client.confirmed) {
      const before = client.confirmed
      client.confirmed = own
      onConfirmed(client, before, own)
    }
    if (joined) becomeJoined(client)
  }

  const enter = async (port: number, room: number, member: number): Promise<void> => {
    const { path, protocols } = await speaker.entrance(room, port)
    const early: Buffer[] = []
    let client: Client | null = null
    const socket = await openSocket({
      port,
      path,
      protocols,
      onMessage: message => {
        if (client) receive(client, message)
        else early.push(Buffer.from(message))
      },
      onClose: why => fail(why),
    })
    const greeting = speaker.greeting(room)
    client = { room, member, socket, has: new Int32Array(senders), confirmed: 0, joined: false }
    clients.push(client)
    for (const frame of greeting.say) socket.send(frame)
    for (const message of early) receive(client, message)
    if (greeting.joined) becomeJoined(client)
  }

  /** Runs until `settle` is called, or rejects where a connection ends. */
  const until = <T>(begin: (settle: (value: T) => void) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      if (broken !== null) return reject(new Error(broken))
      fail = why => {
        broken ??= why
        reject(new Error(why))
      }
      begin(resolve)
    })

  const lineOf = (client: Client, updates: number): Line => ({
    client,
    sent: 0,
    reached: new Int32Array(updates),
    sentAt: new Float64Array(updates),
  })

  const sendNext = (line: Line): void => {
    const { client, sent } = line
    line.sentAt[sent] = performance.now()
    line.sent += 1
    client.socket.send(speaker.update(client.room, client.member, sent))
  }

  return {
    join: async (port, { rooms, members }) => {
      broken = null
      const wanted: [room: number, member: number][] = []
      for (let room = rooms[0]; room < rooms[1]; room++)
        for (let member = members[0]; member < members[1]; member++) wanted.push([room, member])
      const before = joinedOnes
      await until<void>(settle => {
        const expected = before + wanted.length
        onJoined = () => {
          joinedOnes += 1
          if (joinedOnes === expected) settle()
        }
        const enterSome = async (): Promise<void> => {
          for (let next = wanted.pop(); next; next = wanted.pop()) await enter(port, ...next)
        }
        for (let line = 0; line < JOIN_AT_ONCE; line++)
          enterSome().catch(error => fail((error as Error).message))
      })
    },

    flood: flood =>
      until(settle => {
        const sizes = Map.groupBy(clients, ({ room }) => room)
        const lines = new Map<number, Line>()
        const writers = clients.filter(({ member }) => member < senders)
        for (const client of writers)
          lines.set(client.room * senders + client.member, lineOf(client, flood.updates))
        const all = writers.length * flood.updates
        const counted = Math.floor(all * flood.warmUp)
        let finished = 0
        let deliveries = 0
        let began = performance.now()
        let cpuBefore = cpuSeconds(flood.server)

        const finish = (): void => {
          const seconds = (performance.now() - began) / 1000
          const cpu = cpuSeconds(flood.server) - cpuBefore
          const confirmed = writers.reduce((sum, client) => sum + client.confirmed, 0)
          fail = () => {} // from here on the server may go
          if (flood.kill) process.kill(flood.server, 'SIGKILL')
          settle({ seconds, deliveries, updates: all - counted, cpu, confirmed })
        }
        const doneWithOne = (line: Line): void => {
          finished += 1
          if (finished === counted) {
            deliveries = 0
            began = performance.now()
            cpuBefore = cpuSeconds(flood.server)
          }
          if (finished === all) finish()
          else if (line.sent < flood.updates) sendNext(line)
        }
        onConfirmed = (client, from, to) => {
          if (flood.until !== 'confirmed') return
          const line = lines.get(client.room * senders + client.member)!
          for (let number = from; number < to; number++) doneWithOne(line)
        }
        onDelivered = ({ room }, sender, from, to) => {
          deliveries += to - from
          if (flood.until !== 'delivered') return
          const line = lines.get(room * senders + sender)!
          const others = sizes.get(room)!.length - 1
          for (let number = from; number < to; number++) {
            line.reached[number]! += 1
            if (line.reached[number] === others) doneWithOne(line)
          }
        }
        for (let round = 0; round < Math.min(flood.window, flood.updates); round++)
          for (const line of lines.values()) sendNext(line)
      }),

    type: ({ updates, everyMs }) =>
      until(settle => {
        const line = lineOf(clients.find(({ room, member }) => room === 0 && member === 0)!, updates)
        const others = clients.length - 1
        const waits: number[] = []
        onConfirmed = () => {}
        onDelivered = (_client, _sender, from, to) => {
          const now = performance.now()
          for (let number = from; number < to; number++) waits.push(now - line.sentAt[number]!)
          if (waits.length === updates * others) {
            const [p50, p95, p99] = [0.5, 0.95, 0.99].map(share => quantile(waits, share))
            settle({ p50: p50!, p95: p95!, p99: p99! })
          }
        }
        const typing = setInterval(() => {
          sendNext(line)
          if (line.sent === updates) clearInterval(typing)
        }, everyMs)
      }),

    has: (member, hopedFor) =>
      until(settle => {
        const { has } = clients.find(client => client.room === 0 && client.member === member)!
        const look = (): void => {
          if (has[0]! >= hopedFor) settle(has[0]!)
        }
        onDelivered = look
        look()
        setTimeout(() => settle(has[0]!), NOTHING_MORE_AFTER_MS)
      }),

    leave: () => {
      fail = () => {} // what ends now was asked to
      for (const { socket } of clients) socket.destroy()
      clients = []
      joinedOnes = 0
      meanings.clear()
    },
  }
}
