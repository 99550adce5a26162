import type { WorkspaceId } from '../../protocol/ids.ts'
import { ACCESS_TYPE, OPERATOR_CODE_HEADER, SUBPROTOCOL } from '../../protocol/relay-http.ts'
import type { ClientMessage, RelayMessage } from '../../protocol/relay-messages.ts'
import {
  createClientDecoder,
  createClientEncoder,
  createRelayDecoder,
  createRelayEncoder,
} from '../../protocol/wire-codec.ts'
import { refusalAnswer, statusOf } from '../../server/http/refusal-answer.ts'
import type { LogStore } from '../../server/log/log-store.ts'
import { systemClock } from '../../server/platform/clock.ts'
import { systemRandom } from '../../server/platform/random.ts'
import type { Answer } from '../../server/refusal.ts'
import type { Session } from '../../server/relay/connection.ts'
import { DEFAULT_LIMITS } from '../../server/relay/limits.ts'
import { createRelay, type Relay } from '../../server/relay/relay.ts'
import { createMemoryDisk, createMemoryLogStore, type MemoryDisk } from '../support/memory-log-store.ts'
import type { Host, Machine, Process } from './engine/machine.ts'
import type { Reachable } from './network.ts'

/** The real relay on a disk that can be put back, in a process that can be killed. */
export interface RelayHost extends Reachable {
  readonly disk: MemoryDisk
  start(): void
  crash(): Process | null
}

interface Deps {
  readonly machine: Machine
  readonly origin: string
  /** May put something between the relay and its disk. */
  readonly store: (store: LogStore) => LogStore
  /** What really leaves for a device where the relay said this. */
  readonly say: (message: RelayMessage, device: string) => readonly RelayMessage[]
  /** What it hears of what a device sent, and what is answered in its name. */
  readonly hear: (message: ClientMessage) => {
    readonly heard: boolean
    readonly answers: readonly RelayMessage[]
  }
  readonly onFailure: (error: unknown) => void
}

const respond = (answer: Answer<unknown>, status = 200): Response =>
  answer.ok
    ? Response.json(answer.value, { status })
    : Response.json(refusalAnswer(answer.error), { status: statusOf(answer.error.code) })

const bearerOf = (headers: Headers): string | null =>
  /^Bearer ([\w.-]+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null

const pathOf = (address: string): { workspace: WorkspaceId; rest: string } => {
  const [, workspace = '', rest = ''] = /\/w\/([^/]+)(?:\/(.*))?$/.exec(address) ?? []
  return { workspace, rest }
}

export const createRelayHost = ({ machine, origin, store, say, hear, onFailure }: Deps): RelayHost => {
  const host: Host = { name: 'relay', skew: 0 }
  const disk = createMemoryDisk()
  let lives = 0
  let running: { process: Process; relay: Relay; crash(): void } | null = null

  const start = (): void => {
    lives += 1
    const process = machine.spawn(`relay ${lives}`, host)
    const memory = createMemoryLogStore({ disk, clock: systemClock, random: systemRandom })
    const before = machine.current()
    machine.become(process)
    const relay = createRelay({
      store: store(memory),
      clock: systemClock,
      limits: DEFAULT_LIMITS,
      making: { kind: 'open' },
      allowList: null,
      audiences: () => [origin],
      isOriginAllowed: () => true,
      relayLog: { failed: (_what, error) => onFailure(error), closed: () => {} },
    })
    machine.become(before)
    running = { process, relay, crash: memory.crash }
  }

  const answer: Reachable['answer'] = async ({ method, address, headers, body }) => {
    const { relay } = running!
    const { workspace, rest } = pathOf(address)
    const token = bearerOf(headers)
    if (rest === 'log' && method === 'POST') return respond(await relay.log.append(workspace, token, body))
    if (rest === 'access' && method === 'GET') return respond(await relay.access.read(workspace, token))
    if (rest !== 'access' || method !== 'PUT') return new Response(null, { status: 404 })
    const said = headers.get('content-type') === ACCESS_TYPE ? new TextDecoder().decode(body) : body
    const written = await relay.access.write(workspace, said, headers.get(OPERATOR_CODE_HEADER), token)
    return written.ok
      ? respond({ ok: true, value: written.value }, written.made ? 201 : 200)
      : respond(written)
  }

  return {
    disk,
    origin,
    process: () => running?.process ?? null,
    start,
    crash: () => {
      const dead = running
      running = null
      dead?.crash()
      if (dead) machine.kill(dead.process)
      return dead?.process ?? null
    },
    accept: (address, protocols, outward) => {
      // Whoever changes what one end says has to say all of it to the other end in words of its own.
      const [said, saying] = [createRelayDecoder(), createRelayEncoder()]
      const [asked, asking] = [createClientDecoder(), createClientEncoder()]
      const session: Session = running!.relay.connect({
        workspace: pathOf(address).workspace,
        token: protocols[0] === SUBPROTOCOL ? (protocols[1] ?? null) : null,
        origin: null,
        connection: {
          send: message => {
            const decoded = said(message)
            if (!decoded.ok) throw new Error(decoded.error.message)
            for (const passed of say(decoded.value, outward.device)) outward.send(saying(passed))
          },
          close: outward.close,
          buffered: () => 0,
        },
      })
      return {
        received: message => {
          const decoded = asked(message)
          if (!decoded.ok) throw new Error(decoded.error.message)
          const { heard, answers } = hear(decoded.value)
          if (heard) void session.receive(asking(decoded.value))
          for (const answer of answers) outward.send(saying(answer))
        },
        ended: session.ended,
      }
    },
    answer,
  }
}
