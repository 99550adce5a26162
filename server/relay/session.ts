import { CLOCK_TOLERANCE_SECONDS } from '../../protocol/limits.ts'
import { encodeRelayMessage } from '../../protocol/relay-codec.ts'
import type { ClientMessage, Replace } from '../../protocol/relay-messages.ts'
import type { Scope, Token } from '../../protocol/token.ts'
import { RELAY_PROTOCOL } from '../../protocol/version.ts'
import { createClientDecoder } from '../../protocol/wire-codec.ts'
import type { Entrance } from '../access/entrance.ts'
import { requireScope, rightsOf, type Scopes } from '../access/rights.ts'
import type { Checked } from '../door/check-envelopes.ts'
import type { LogStore } from '../log/log-store.ts'
import type { Clock } from '../platform/clock.ts'
import type { Answer, Refusal } from '../refusal.ts'
import type { Connection } from './connection.ts'
import { createFollower } from './follower.ts'
import type { RelayLimits } from './limits.ts'
import { createOutgoing } from './outgoing.ts'
import { createRate } from './rate.ts'
import type { RelayLog } from './relay-log.ts'
import { sendSlots } from './slots.ts'
import type { Participant, Workspace } from './workspace.ts'

/** An object around the promise, because a promise of a promise waits for both. */
interface Later {
  readonly committed: Promise<unknown>
}
const NOTHING_LATER: Later = { committed: Promise.resolve() }

/** One admitted client: its subscriptions, and its messages in their order. */
export interface MemberSession extends Participant {
  receive(bytes: Uint8Array): Promise<void>
  drained(): void
  ended(): void
}

interface Deps {
  readonly workspace: Workspace
  readonly token: Token
  readonly scopes: Scopes
  readonly connection: Connection
  readonly store: LogStore
  readonly clock: Clock
  readonly limits: RelayLimits
  readonly entrance: Entrance
  readonly relayLog: RelayLog
  /** Once, when the session is over for whatever reason. */
  readonly onEnd: () => void
}

const BURST_SECONDS = 20
const EPHEMERAL_RATE = { perSecond: 50, burst: 200 }
/** What is more is dropped: the newest slot counts, and a device sends its own anew with each connection. */
const SLOT_RATE = { perSecond: 1, burst: 20 }
/** A client that sends this many unreadable messages is not ours. */
const MALFORMED_ALLOWED = 20
/** Timers hold at most 2^31 - 1 ms; tokens live far shorter. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const createMemberSession = (deps: Deps): MemberSession => {
  const { workspace, clock, limits, relayLog } = deps
  const rate = createRate(clock, {
    perSecond: limits.messagesPerSecond,
    burst: limits.messagesPerSecond * BURST_SECONDS,
  })
  const ephemeralRate = createRate(clock, EPHEMERAL_RATE)
  const slotRate = createRate(clock, SLOT_RATE)
  const decode = createClientDecoder()
  let { token, scopes } = deps
  let malformed = 0
  /** The connection is gone. What it had sent by then is still stored… */
  let over = false
  /** …unless the relay ended it. */
  let turnedAway = false
  let pending = 0
  /** Messages are dealt with one after the other. */
  let turn: Promise<void> = Promise.resolve()
  let cancelExpiry = (): void => {}

  const end = (): void => {
    if (over) return
    over = true
    cancelExpiry()
    follower.end()
    workspace.participants.delete(self)
    leaveWhenDone()
  }
  /** The workspace must not be let go of while something is still to be published in it. */
  const leaveWhenDone = (): void => {
    if (over && pending === 0) deps.onEnd()
  }
  const out = createOutgoing({
    connection: deps.connection,
    unreadBytes: limits.unreadBytes,
    onClose: code => {
      turnedAway = true
      relayLog.closed(code)
      end()
    },
  })

  const refused = (refusal: Refusal, document: string | null, envelopes: readonly string[] = []): void =>
    out.send({ type: 'refused', ...refusal, document, envelopes })

  const follower = createFollower({ workspace, store: deps.store, out, refused, relayLog })

  const closeWhenExpired = (): void => {
    cancelExpiry()
    const left = (token.exp + CLOCK_TOLERANCE_SECONDS) * 1000 - clock.now()
    cancelExpiry = clock.after(Math.min(Math.max(left, 0), LONGEST_TIMER_MS), () =>
      out.close('token-expired'),
    )
  }

  // ── answers ────────────────────────────────────────────────────────────────────────────────

  const renew = async (text: string): Promise<void> => {
    const entered = await deps.entrance(workspace.id, text)
    if (over) return
    if (!entered.ok) return refused(entered.error, null)
    const renewed = entered.value.token
    if (renewed.signer !== token.signer)
      return refused({ code: 'token-invalid', message: 'The token is of another device.' }, null)
    const rights = rightsOf(workspace.membership().access, renewed, clock.now() / 1000)
    if (!rights.ok) return out.close(rights.error.code)
    token = renewed
    scopes = rights.value
    closeWhenExpired()
  }

  const replace = async ({ document, replaced }: Replace, checked: Checked): Promise<void> => {
    const isSnapshot = checked.admitted.every(({ kind }) => kind === 'snapshot')
    if (isSnapshot) return void (await workspace.append(self, document, checked, replaced))
    const envelopes = checked.admitted.map(({ id }) => id)
    refused(
      { code: 'envelope-malformed', message: 'Only a snapshot may take the place of others.' },
      document,
      envelopes,
    )
  }

  const passOn = (document: string, data: Uint8Array): void => {
    if (!ephemeralRate()) return // a refusal would make a client begin anew over what may be lost anyway
    const message = encodeRelayMessage({ type: 'ephemeral', document, data })
    for (const participant of workspace.participants) participant.passedOn(document, message, self)
  }

  const keepSlot = async (data: Uint8Array): Promise<void> => {
    if (!slotRate()) return
    const refusal = await workspace.setSlot(token.signer, data)
    if (refusal) refused(refusal, null)
  }

  const needed = (message: ClientMessage): Scope | null => {
    switch (message.type) {
      case 'append':
      case 'replace':
        return 'write'
      case 'load':
      case 'watch':
      case 'ephemeral':
      case 'slot':
        return 'read'
      case 'leave':
      case 'renew':
      case 'ping':
        return null
    }
  }

  /** Resolves when the next message may have its turn; an append's commit comes later. */
  const dealWith = async (message: ClientMessage, checked: Promise<Checked> | null): Promise<Later> => {
    const scope = needed(message)
    const allowed: Answer<null> = scope ? requireScope(scopes, scope) : { ok: true, value: null }
    if (!allowed.ok) {
      refused(allowed.error, 'document' in message ? message.document : null)
      return NOTHING_LATER
    }
    switch (message.type) {
      case 'append':
        return {
          committed: workspace.append(
            self,
            message.document,
            await (checked ?? workspace.check(message.document, message.envelopes)),
          ),
        }
      case 'replace':
        return { committed: replace(message, await workspace.check(message.document, [message.envelope])) }
      case 'load':
        await follower.load(message)
        return NOTHING_LATER
      case 'leave':
        follower.leave(message.document)
        return NOTHING_LATER
      case 'watch':
        await follower.watch(message.after)
        return NOTHING_LATER
      case 'ephemeral':
        passOn(message.document, message.data)
        return NOTHING_LATER
      case 'slot':
        return { committed: keepSlot(message.data) }
      case 'renew':
        await renew(message.token)
        return NOTHING_LATER
      case 'ping':
        out.send({ type: 'pong' })
        return NOTHING_LATER
    }
  }

  const isEmptyAppend = (message: ClientMessage): boolean =>
    message.type === 'append' && message.envelopes.length === 0

  const receive = async (bytes: Uint8Array): Promise<void> => {
    if (!out.isOpen()) return
    if (!rate()) return out.close('rate')
    const decoded = decode(bytes)
    if (!decoded.ok || isEmptyAppend(decoded.value)) {
      malformed += 1
      if (malformed > MALFORMED_ALLOWED) return out.close('malformed')
      const message = decoded.ok ? 'An append has no envelopes.' : decoded.error.message
      return refused({ code: 'malformed', message: message.slice(0, 300) }, null)
    }
    const message = decoded.value
    // Signatures are checked while earlier messages still have their turn.
    const checked =
      message.type === 'append' && scopes.has('write')
        ? workspace.check(message.document, message.envelopes)
        : null
    const mine = turn.then(() => (turnedAway ? NOTHING_LATER : dealWith(message, checked)))
    turn = mine.then(() => {}, failed)
    pending += 1
    try {
      await (await mine).committed
    } catch (error) {
      failed(error)
    } finally {
      pending -= 1
      leaveWhenDone()
    }
  }

  const failed = (error: unknown): void => {
    relayLog.failed('read', error)
    out.close('internal')
  }

  const self: MemberSession = {
    receive,
    drained: out.drained,
    ended: () => {
      out.ended()
      end()
    },
    close: out.close,
    published: news => follower.tell(news, self),
    passedOn: (document, message, from) => {
      if (from !== self && follower.follows(document)) out.sendIfPrompt(message)
    },
    slotChanged: slot => {
      if (slot.device !== token.signer && scopes.has('read')) out.send({ type: 'slots', slots: [slot] })
    },
    accessChanged: () => {
      const { access, digest } = workspace.membership()
      const rights = rightsOf(access, token, clock.now() / 1000)
      if (!rights.ok) return out.close(rights.error.code)
      scopes = rights.value
      out.send({ type: 'access', generation: access.gen, access: digest })
    },
  }

  workspace.participants.add(self)
  closeWhenExpired()
  const { access, digest } = workspace.membership()
  out.send({
    type: 'hello',
    protocol: RELAY_PROTOCOL,
    log: workspace.log,
    head: workspace.head(),
    generation: access.gen,
    access: digest,
  })
  if (scopes.has('read')) sendSlots(workspace.slotsFor(token.signer), out)
  return self
}
