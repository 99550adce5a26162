import type { OpenRelaySocket, RelaySocketHandlers } from '../../worker/platform/relay-socket.ts'
import type { Fetch } from '../../worker/sync/relay/relay-http.ts'
import type { Dice } from '../support/seeded.ts'
import {
  createStandaloneFromDevice,
  createStandaloneFromRelay,
  type Standalone,
} from '../support/wire-taps.ts'
import type { Census } from './census.ts'
import type { Machine, Process } from './engine/machine.ts'

/** What the way between one device and its relays is like now. */
export interface Weather {
  online: boolean
  /** Relays that cannot be reached from here, though others can. */
  readonly unreachable: Set<string>
  /** Milliseconds that a message takes at most. */
  slowness: number
  /** Whether some messages to a relay come twice. */
  doubles: boolean
  /** Whether answers to requests get lost though a relay did what was asked. */
  losesAnswers: boolean
}

export const calmWeather = (): Weather => ({
  online: true,
  unreachable: new Set(),
  slowness: 3,
  doubles: false,
  losesAnswers: false,
})

/** The relay's end of a connection. */
export interface RelayEnd {
  received(bytes: Uint8Array): void
  ended(): void
}

/** A relay as the network reaches it. */
export interface Reachable {
  readonly origin: string
  /** Its process, null while it is down. */
  process(): Process | null
  accept(address: string, protocols: readonly string[], connection: Outward): RelayEnd
  answer(request: { method: string; address: string; headers: Headers; body: Uint8Array }): Promise<Response>
}

/** What the relay can do with a connection. */
export interface Outward {
  readonly device: string
  send(bytes: Uint8Array): void
  close(code: number, reason: string): void
}

interface Line {
  readonly device: string
  readonly worker: Process
  readonly to: Reachable
  readonly relay: Process
  readonly handlers: RelaySocketHandlers
  end: RelayEnd | null
  /** What is said in each direction, by itself. */
  readonly asked: Standalone
  readonly said: Standalone
  /** When the last message of each direction arrives: later ones do not overtake it. */
  outward: number
  inward: number
  /** The device, and the relay, do not know yet that it is over. */
  deviceOpen: boolean
  relayOpen: boolean
  /** Nothing comes through any more, and nobody is told. */
  silent: boolean
}

export interface Network {
  weather(device: string): Weather
  openSocket(device: string): OpenRelaySocket
  fetch(device: string): Fetch
  /** Ends a device's connections, or those to one relay: at once for it, a while later for the relay. */
  cut(device: string, relay?: string): void
  /** As `cut`, but neither side is told: they have to notice. */
  silence(device: string, relay?: string): void
  /** The process of one end is gone. */
  lost(process: Process): void
  readonly bytes: { toRelay: number; fromRelay: number }
}

interface Deps {
  readonly machine: Machine
  readonly dice: Dice
  readonly census: Census
  readonly relays: readonly Reachable[]
  /** Sees all that a device lets out. */
  readonly watch: (bytes: Uint8Array, device: string, relay: string) => void
}

const LOST = 1006
/** Between two messages on their way: of the same moment, reached from two others, one is a rounding error later. */
const APART_MS = 1e-6
/** How long a relay believes in a connection of which nothing is left. */
const RELAY_NOTICES_MS = 60_000

export const createNetwork = ({ machine, dice, census, relays, watch }: Deps): Network => {
  const weathers = new Map<string, Weather>()
  const lines = new Set<Line>()
  const bytes = { toRelay: 0, fromRelay: 0 }

  const weather = (device: string): Weather => {
    const known = weathers.get(device) ?? calmWeather()
    weathers.set(device, known)
    return known
  }
  const isReachable = (device: string, { origin }: Reachable): boolean => {
    const { online, unreachable } = weather(device)
    return online && !unreachable.has(origin)
  }
  const delay = (device: string): number => 0.1 + (dice.below(1000) / 1000) * weather(device).slowness

  const relayAt = (address: string): Reachable => {
    const { host } = new URL(address)
    return relays.find(({ origin }) => new URL(origin).host === host)!
  }

  const tellDevice = (line: Line, code: number, reason: string, wait: number): void => {
    if (!line.deviceOpen) return
    machine.after(line.worker, wait, 'socket closed', () => {
      if (!line.deviceOpen) return
      line.deviceOpen = false
      line.handlers.closed(code, reason)
    })
  }
  const tellRelay = (line: Line, wait: number): void => {
    machine.after(line.relay, wait, 'relay sees end', () => {
      if (!line.relayOpen) return
      line.relayOpen = false
      lines.delete(line)
      line.end?.ended()
    })
  }

  const toRelay = (line: Line, message: Uint8Array): void => {
    const standalone = line.asked(message)
    watch(standalone, line.device, line.to.origin)
    bytes.toRelay += message.length
    machine.note(`sends to relay`, standalone)
    if (line.silent || !isReachable(line.device, line.to)) return
    const times = weather(line.device).doubles && dice.below(2) === 0 ? 2 : 1
    if (times === 2) census.count('message doubled')
    for (let time = 0; time < times; time += 1) {
      line.outward = Math.max(line.outward + APART_MS, machine.time() + delay(line.device))
      machine.after(line.relay, line.outward - machine.time(), 'to relay', () => {
        if (line.relayOpen && !line.silent) line.end?.received(time === 0 ? message : standalone)
      })
    }
  }

  const toDevice = (line: Line, message: Uint8Array): void => {
    bytes.fromRelay += message.length
    machine.note(`sends to ${line.device}`, line.said(message))
    if (line.silent) return
    line.inward = Math.max(line.inward + APART_MS, machine.time() + delay(line.device))
    machine.after(line.worker, line.inward - machine.time(), 'from relay', () => {
      if (line.deviceOpen && !line.silent) line.handlers.received(message.slice())
    })
  }

  const openSocket =
    (device: string): OpenRelaySocket =>
    (address, protocols, handlers) => {
      const worker = machine.current()
      const to = relayAt(address)
      const process = to.process()
      const line: Line = {
        device,
        worker,
        to,
        relay: process ?? worker,
        handlers,
        end: null,
        asked: createStandaloneFromDevice(),
        said: createStandaloneFromRelay(),
        outward: 0,
        inward: 0,
        deviceOpen: true,
        relayOpen: process !== null,
        silent: false,
      }
      if (process === null || !isReachable(device, to)) tellDevice(line, LOST, '', delay(device))
      else {
        lines.add(line)
        machine.after(process, delay(device), 'socket asked for', () => {
          line.end = to.accept(address, protocols, {
            device,
            send: message => toDevice(line, message),
            close: (code, reason) => {
              line.relayOpen = false
              lines.delete(line)
              if (line.silent) return
              line.inward = Math.max(line.inward + APART_MS, machine.time() + delay(device))
              tellDevice(line, code, reason, line.inward - machine.time())
              machine.after(process, 0, 'socket let go', () => line.end?.ended())
            },
          })
          machine.after(worker, delay(device), 'socket open', () => line.deviceOpen && handlers.opened())
        })
      }
      return {
        send: message => toRelay(line, message.slice()),
        close: () => {
          if (!line.deviceOpen) return
          line.deviceOpen = false
          tellRelay(line, delay(device))
          handlers.closed(1000, '')
        },
      }
    }

  const fetch =
    (device: string): Fetch =>
    (address, init = {}) => {
      const asker = machine.current()
      return new Promise((resolve, reject) => {
        const fail = (): void => {
          machine.after(asker, delay(device), 'fetch failed', () => reject(new TypeError('fetch failed')))
        }
        init.signal?.addEventListener('abort', () => reject(init.signal!.reason))
        const to = relayAt(address)
        const process = to.process()
        if (process === null || !isReachable(device, to)) return fail()
        const body =
          typeof init.body === 'string'
            ? new TextEncoder().encode(init.body)
            : ((init.body ?? []) as Uint8Array)
        const request = {
          method: init.method ?? 'GET',
          address,
          headers: new Headers(init.headers),
          body: Uint8Array.from(body),
        }
        watch(request.body, device, to.origin)
        machine.note(request.method, request.body)
        machine.after(process, delay(device), 'request', () => {
          void to.answer(request).then(response => {
            const { losesAnswers } = weather(device)
            if (!isReachable(device, to) || (losesAnswers && dice.below(2) === 0)) {
              census.count('answer lost')
              return fail()
            }
            machine.after(asker, delay(device), 'response', () => resolve(response))
          })
        })
      })
    }

  const linesOf = (device: string, relay?: string): Line[] =>
    [...lines].filter(line => line.device === device && (relay ?? line.to.origin) === line.to.origin)

  return {
    weather,
    openSocket,
    fetch,
    cut: (device, relay) => {
      for (const line of linesOf(device, relay)) {
        line.silent = true
        tellDevice(line, LOST, '', 0)
        tellRelay(line, dice.below(3) === 0 ? RELAY_NOTICES_MS : delay(device))
      }
    },
    silence: (device, relay) => {
      for (const line of linesOf(device, relay)) {
        line.silent = true
        tellRelay(line, RELAY_NOTICES_MS)
      }
    },
    lost: process => {
      for (const line of [...lines]) {
        if (line.relay === process) {
          lines.delete(line)
          line.relayOpen = false
          tellDevice(line, LOST, '', delay(line.device))
        } else if (line.worker === process) tellRelay(line, delay(line.device))
      }
    },
    bytes,
  }
}
