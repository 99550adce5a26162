import type { ClientMessage, RelayMessage } from '../../../protocol/relay-messages.ts'
import { createClientEncoder, createRelayDecoder } from '../../../protocol/wire-codec.ts'
import type { LogStore } from '../../../server/log/log-store.ts'
import { type Clock, systemClock } from '../../../server/platform/clock.ts'
import { systemRandom } from '../../../server/platform/random.ts'
import type { Session } from '../../../server/relay/connection.ts'
import { DEFAULT_LIMITS } from '../../../server/relay/limits.ts'
import { createRelay, type Relay, type RelayDeps } from '../../../server/relay/relay.ts'
import { createMemoryDisk, createMemoryLogStore, type MemoryDisk } from '../../support/memory-log-store.ts'
import type { Group } from './member.ts'

const AUDIENCE = 'https://relay.test'

export interface Core {
  readonly relay: Relay
  readonly disk: MemoryDisk
  readonly failures: string[]
}

/** Commits at the next turn of the event loop, so that tests of interleaving need not wait for a real pause. */
const eagerClock: Clock = {
  now: () => Date.now(),
  after: (_delay, action) => {
    const timer = setImmediate(action)
    return () => clearImmediate(timer)
  },
}

/** The relay's core on a store in memory, without sockets. */
export const aCore = (change: Partial<RelayDeps> & { wrap?: (store: LogStore) => LogStore } = {}): Core => {
  const { wrap = store => store, ...deps } = change
  const disk = createMemoryDisk()
  const failures: string[] = []
  const relay = createRelay({
    store: wrap(createMemoryLogStore({ disk, clock: eagerClock, random: systemRandom })),
    clock: systemClock,
    limits: DEFAULT_LIMITS,
    making: { kind: 'open' },
    allowList: null,
    audiences: () => [AUDIENCE],
    isOriginAllowed: () => true,
    relayLog: { failed: what => void failures.push(what), closed: () => {} },
    ...deps,
  })
  return { relay, disk, failures }
}

export interface CoreClient {
  readonly session: Session
  readonly received: RelayMessage[]
  /** Set once the relay closed it. */
  closing(): { code: number; reason: string } | null
  send(message: ClientMessage): Promise<void>
  /** Resolves when as many messages of a type have come. */
  got(type: RelayMessage['type'], count?: number): Promise<RelayMessage[]>
  /** What the network has not taken over: 0 unless a test sets it. */
  unread: number
}

export const enter = async (core: Core, group: Group, device = group.owner): Promise<CoreClient> => {
  const received: RelayMessage[] = []
  const listeners = new Set<() => void>()
  const [encode, decode] = [createClientEncoder(), createRelayDecoder()]
  let closing: { code: number; reason: string } | null = null
  const token = await device.token(AUDIENCE)
  const client: CoreClient = {
    session: core.relay.connect({
      workspace: group.workspace,
      token,
      origin: null,
      connection: {
        send: bytes => {
          const message = decode(bytes)
          if (!message.ok) throw new Error(message.error.message)
          received.push(message.value)
          for (const listener of [...listeners]) listener()
        },
        close: (code, reason) => {
          closing = { code, reason }
        },
        buffered: () => client.unread,
      },
    }),
    received,
    closing: () => closing,
    send: message => client.session.receive(encode(message)),
    got: (type, count = 1) =>
      new Promise(resolve => {
        const look = (): void => {
          const found = received.filter(message => message.type === type)
          if (found.length < count) return
          listeners.delete(look)
          resolve(found)
        }
        listeners.add(look)
        look()
      }),
    unread: 0,
  }
  await client.session.admitted
  return client
}
