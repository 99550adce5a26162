import type { WorkspaceId } from '../../../protocol/ids.ts'
import { MAX_MESSAGE_BYTES, PING_AFTER_MS, PONG_WITHIN_MS } from '../../../protocol/limits.ts'
import { SUBPROTOCOL, workspacePath } from '../../../protocol/relay-http.ts'
import {
  blamesClock,
  type ClientMessage,
  type Hello,
  isLasting,
  isRefusalCode,
  type RelayMessage,
} from '../../../protocol/relay-messages.ts'
import type { Failure, Result } from '../../../protocol/result.ts'
import { RELAY_PROTOCOL } from '../../../protocol/version.ts'
import { createClientEncoder, createRelayDecoder } from '../../../protocol/wire-codec.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'
import type { OpenRelaySocket, RelaySocket } from '../../platform/relay-socket.ts'
import { clockWords } from './clock-words.ts'
import { createSilence } from './silence.ts'

export type LinkState =
  | { readonly phase: 'connecting' | 'open' | 'waiting' | 'stopped' }
  | { readonly phase: 'refused'; readonly refusal: Failure }

/** The one connection to a relay for all documents of a workspace. It comes back by itself until it is stopped. */
export interface RelayLink {
  state(): LinkState
  /** The relay's greeting on the connection that is open now. */
  hello(): Hello | null
  start(): void
  /** False where there is no connection: nothing was sent. */
  send(message: ClientMessage): boolean
  /** Names a `load` as no other of this link is named, so that what answers an earlier one is never taken for its answer. */
  newRequest(): number
  /** Tries at once: the network or the person came back. After a refusal only `retry` tries again, unless it is for the clock. */
  wake(): void
  retry(): void
  /** The relay will not take what we have: stays away until `retry`. */
  refuse(refusal: Failure): void
  /** Begins again after a pause, because the relay asked for one. */
  restart(): void
  stop(): void
}

export interface LinkHandlers {
  /** Connected, greeted, and both sides know the same about the members. */
  opened(hello: Hello): void
  received(message: RelayMessage): void
  closed(): void
  changed(): void
}

interface Deps {
  readonly origin: string
  readonly workspace: WorkspaceId
  readonly openSocket: OpenRelaySocket
  readonly clock: Clock
  readonly random: Random
  readonly token: () => Promise<string>
  /** Brings what is said about the members together; `digest` is of what the relay knows, null where it has nothing. */
  readonly agreeOnAccess: (digest: string | null) => Promise<Result<null>>
  /** What time it is at the relay; null where it does not say. */
  readonly relayTime: () => Promise<number | null>
  readonly handlers: LinkHandlers
}

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 30_000
const CONNECT_WITHIN_MS = 20_000
const RENEW_AFTER_MS = 10 * 60_000
/** What a relay may say before both know the same about the members: it was asked for nothing yet, and has slots to tell at most. */
const MAX_EARLY_BYTES = MAX_MESSAGE_BYTES

/** Refusals that publishing our access lists may mend: the relay lost them, or was restored from an old backup. */
const MENDED_BY_PUBLISHING = new Set(['unknown-workspace', 'not-a-member'])
/** It may lose them again in between; that often in a row it means what it says. */
const PUBLISH_TRIES = 3

/** Whether trying again changes nothing. Everything else passes: a relay that is stopping, a network that is gone. */
const isFinal = ({ code }: Failure): boolean =>
  code === 'access-conflict' || code === 'root-unreadable' || (isRefusalCode(code) && isLasting(code))

const DELETED: Failure = {
  code: 'workspace-deleted',
  message: 'An owner deleted the workspace from this relay.',
}

export const createRelayLink = (deps: Deps): RelayLink => {
  const { clock, handlers } = deps
  const address = deps.origin.replace(/^http/, 'ws') + workspacePath(deps.workspace)
  let state: LinkState = { phase: 'connecting' }
  let hello: Hello | null = null
  let socket: RelaySocket | null = null
  /** Of the socket: what was said before on it is not said again. */
  let encode = createClientEncoder()
  let attempt = 0
  let requests = 0
  let failures = 0
  /** What `failures` was when the relay let us in: where it then cannot take what we have, pauses go on growing. */
  let failuresBefore = 0
  let expired = 0
  let published = 0
  let cancelRetry = (): void => {}
  let cancelRenewal = (): void => {}

  const enter = (next: LinkState): void => {
    state = next
    handlers.changed()
  }
  const refuse = (refusal: Failure): void => enter({ phase: 'refused', refusal })
  const isStopped = (): boolean => state.phase === 'stopped'
  const isForClock = (): boolean => state.phase === 'refused' && blamesClock(state.refusal.code)

  /** Somebody has to set the clock. When they did, nobody tells: it is tried again and again, and until then said why. */
  const refuseForClock = async (code: 'token-expired' | 'token-early'): Promise<void> => {
    const before = attempt
    if (!isForClock()) refuse({ code, message: clockWords(code, null) })
    cancelRetry = clock.after(LAST_RETRY_MS, () => void connect())
    const there = await deps.relayTime()
    if (there !== null && before === attempt && isForClock())
      refuse({ code, message: clockWords(code, Math.abs(clock.now() - there)) })
  }

  const retryLater = (): void => {
    const delay = Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS)
    failures += 1
    const jitter = 0.5 + deps.random(1)[0]! / 512 // half to the whole of it, so that devices do not come in step
    enter({ phase: 'waiting' })
    cancelRetry = clock.after(delay * jitter, () => void connect())
  }

  const silence = createSilence({
    clock,
    answerWithin: PONG_WITHIN_MS,
    ask: () => write({ type: 'ping' }),
    giveUp: () => socket?.close(),
  })

  const renewInTime = (current: number): void => {
    cancelRenewal = clock.after(RENEW_AFTER_MS, async () => {
      const token = await deps.token()
      if (current !== attempt || hello === null) return
      write({ type: 'renew', token })
      renewInTime(current)
    })
  }

  const write = (message: ClientMessage): void => {
    try {
      socket?.send(encode(message))
    } catch {
      socket?.close() // it is closing already; `closed` follows
    }
  }

  /** `early` fills with what the relay says while both sides agree on access. */
  const greeted = async (greeting: Hello, current: number, early: RelayMessage[]): Promise<void> => {
    if (greeting.protocol !== RELAY_PROTOCOL) {
      refuse({ code: 'other-version', message: 'The relay speaks another version of Holdfast. Update both.' })
      socket?.close()
      return
    }
    const agreed = await deps.agreeOnAccess(greeting.access)
    // What was heard just now may have ended it, and a socket takes its time to close.
    if (current !== attempt || isStopped()) return
    if (!agreed.ok) {
      if (isFinal(agreed.error)) refuse(agreed.error)
      socket?.close()
      return
    }
    failuresBefore = failures
    failures = 0
    expired = 0
    published = 0
    hello = greeting
    renewInTime(current)
    enter({ phase: 'open' })
    handlers.opened(greeting)
    for (const message of early.splice(0)) if (current === attempt) handlers.received(message)
  }

  const publish = async (current: number): Promise<void> => {
    const agreed = await deps.agreeOnAccess(null)
    if (current !== attempt) return
    if (agreed.ok) {
      published += 1
      return void connect()
    }
    if (isFinal(agreed.error)) refuse(agreed.error)
    else retryLater()
  }

  /** Whether it was deleted from this relay only, or for everyone, is for the statements to say, and not for the relay. */
  const askWhy = async (current: number): Promise<void> => {
    const agreed = await deps.agreeOnAccess('')
    if (current !== attempt) return
    const isAboutThat = !agreed.ok && agreed.error.code === 'workspace-deleted'
    refuse(isAboutThat ? agreed.error : DELETED)
  }

  const ended = (current: number, reason: string): void => {
    if (current !== attempt) return
    attempt += 1
    socket = null
    silence.stop()
    cancelRenewal()
    const wasOpen = hello !== null
    hello = null
    if (wasOpen) handlers.closed()
    if (isStopped() || (state.phase === 'refused' && !isForClock())) return
    if (MENDED_BY_PUBLISHING.has(reason) && published < PUBLISH_TRIES) return void publish(attempt)
    if (reason === 'workspace-deleted') return void askWhy(attempt)
    if (blamesClock(reason)) {
      expired += 1
      if (expired > 1) return void refuseForClock(reason)
    }
    if (isRefusalCode(reason) && (isLasting(reason) || reason === 'token-invalid'))
      refuse({ code: reason, message: `The relay refused the connection (${reason}).` })
    else retryLater()
  }

  const connect = async (): Promise<void> => {
    cancelRetry()
    silence.stop()
    attempt += 1
    const current = attempt
    if (!isForClock()) enter({ phase: 'connecting' })
    const token = await deps.token()
    if (current !== attempt) return
    let greetings = 0
    const early: RelayMessage[] = []
    let earlyBytes = 0
    const decode = createRelayDecoder()
    encode = createClientEncoder()
    silence.expect(CONNECT_WITHIN_MS)
    socket = deps.openSocket(address, [SUBPROTOCOL, token], {
      opened: () => {},
      received: bytes => {
        if (current !== attempt) return
        silence.listen(PING_AFTER_MS)
        const message = decode(bytes)
        // What cannot be read is from a broken relay or a newer one: begin again rather than miss a part.
        if (!message.ok) return socket?.close()
        if (message.value.type === 'hello') {
          greetings += 1
          if (greetings === 1) void greeted(message.value, current, early)
        } else if (hello !== null) handlers.received(message.value)
        else if (greetings > 0) {
          earlyBytes += bytes.length
          if (earlyBytes > MAX_EARLY_BYTES) socket?.close()
          else early.push(message.value)
        }
      },
      closed: (_code, reason) => ended(current, reason),
    })
  }

  return {
    state: () => state,
    hello: () => hello,
    start: () => void connect(),
    send: message => {
      if (hello === null) return false
      write(message)
      return true
    },
    newRequest: () => {
      requests += 1
      return requests
    },
    wake: () => {
      if (state.phase === 'waiting' || (isForClock() && socket === null)) {
        failures = 0
        void connect()
      } else if (state.phase === 'open' && !silence.isAsking()) silence.listen(0)
    },
    retry: () => {
      if (state.phase !== 'refused' && state.phase !== 'waiting') return
      failures = 0
      expired = 0
      published = 0
      if (!isForClock() || socket === null) void connect()
    },
    refuse: refusal => {
      refuse(refusal)
      socket?.close()
    },
    restart: () => {
      failures = Math.max(failures, failuresBefore + 1)
      socket?.close()
    },
    stop: () => {
      enter({ phase: 'stopped' })
      cancelRetry()
      if (socket) socket.close()
      else attempt += 1
    },
  }
}
