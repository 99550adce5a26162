import { expect, test, vi } from 'vitest'
import { MAX_MESSAGE_BYTES, MAX_SLOT_BYTES, PONG_WITHIN_MS } from '../../../../protocol/limits.ts'
import { encodeRelayMessage } from '../../../../protocol/relay-codec.ts'
import type { RelayMessage } from '../../../../protocol/relay-messages.ts'
import { fail, ok, type Result } from '../../../../protocol/result.ts'
import { RELAY_PROTOCOL } from '../../../../protocol/version.ts'
import type { RelaySocketHandlers } from '../../../../worker/platform/relay-socket.ts'
import { createRelayLink } from '../../../../worker/sync/relay/relay-link.ts'
import { createManualClock } from '../../../support/manual-clock.ts'
import { seededRandom } from '../../../support/seeded.ts'

/** A link whose relay lets everybody in; `sockets` are those that it opened, in order. */
const createRig = async (
  agreeOnAccess: () => Promise<Result<null>> = async () => ok(null),
  relayTime: (now: number) => number | null = () => null,
  /** Says that a socket is closed, once it was asked to. */
  close: (closed: () => void) => void = closed => closed(),
) => {
  const clock = createManualClock()
  const sockets: RelaySocketHandlers[] = []
  const told: (RelayMessage | 'opened')[] = []
  const received = vi.fn((_message: RelayMessage): void => undefined)
  let closed = 0
  const link = createRelayLink({
    origin: 'https://relay.test',
    workspace: 'w',
    openSocket: (_address, _protocols, handlers) => {
      sockets.push(handlers)
      return { send: () => {}, close: () => close(() => handlers.closed(1000, '')) }
    },
    clock,
    random: seededRandom(1),
    token: async () => 'token',
    agreeOnAccess,
    relayTime: async () => relayTime(clock.now()),
    handlers: {
      opened: () => told.push('opened'),
      received: message => {
        told.push(message)
        received(message)
      },
      closed: () => {
        closed += 1
      },
      changed: () => {},
    },
  })
  link.start()
  await clock.pass(0)
  const log = 'A'.repeat(22)
  const head = { position: 0, stamp: null }
  return {
    clock,
    link,
    sockets,
    told,
    /** What is done with a message of the relay. */
    received,
    closed: () => closed,
    says: (message: RelayMessage) => sockets.at(-1)!.received(encodeRelayMessage(message)),
    greet: async () => {
      const hello = {
        type: 'hello',
        protocol: RELAY_PROTOCOL,
        log,
        head,
        generation: 0,
        access: 'all',
      } as const
      sockets.at(-1)!.received(encodeRelayMessage(hello))
      await clock.pass(0)
    },
  }
}

test('a dead connection is noticed, however often somebody comes back to it', async () => {
  const { clock, link, closed, greet } = await createRig()
  await greet()
  expect(link.state().phase).toBe('open')
  for (let passed = 0; passed <= PONG_WITHIN_MS; passed += PONG_WITHIN_MS / 4) {
    link.wake()
    await clock.pass(PONG_WITHIN_MS / 4)
  }
  expect(closed()).toBe(1)
})

test('a link that is stopped while both sides agree stays stopped, however long the socket takes to close', async () => {
  let agree = (_agreed: Result<null>): void => undefined
  const agreed = new Promise<Result<null>>(resolve => {
    agree = resolve
  })
  const closing: (() => void)[] = []
  const { clock, link, sockets, greet, told } = await createRig(
    () => agreed,
    undefined,
    closed => closing.push(closed),
  )
  await greet()
  link.stop()
  agree(ok(null))
  await clock.pass(0)
  expect(told).toEqual([])
  for (const closed of closing) closed()
  await clock.pass(600_000)
  expect(link.state().phase).toBe('stopped')
  expect(sockets).toHaveLength(1)
})

test('a relay that lets us in and then cannot take what we have is asked less and less often', async () => {
  const { clock, link, sockets, greet } = await createRig()
  const waits: number[] = []
  for (let times = 0; times < 6; times += 1) {
    await greet()
    link.restart()
    const from = clock.now()
    const before = sockets.length
    while (sockets.length === before) await clock.pass(100)
    waits.push(clock.now() - from)
  }
  expect(waits.at(-1)).toBeGreaterThan(10_000)
  // What ends for another reason is tried again soon.
  await greet()
  sockets.at(-1)!.closed(1006, '')
  const before = sockets.length
  await clock.pass(1000)
  expect(sockets.length).toBe(before + 1)
})

test('a workspace that is deleted there is not asked for again; what the statements say about it is told', async () => {
  const ended = fail('workspace-deleted', 'This workspace was deleted for everyone by one of its owners.')
  for (const [agreed, said] of [
    [ended, 'This workspace was deleted for everyone by one of its owners.'],
    [ok(null), 'An owner deleted the workspace from this relay.'],
    [fail('unreachable', 'Nobody answers.'), 'An owner deleted the workspace from this relay.'],
  ] as const) {
    const answers: Result<null>[] = [ok(null), agreed]
    const { clock, link, sockets, greet } = await createRig(async () => answers.shift()!)
    await greet()
    sockets.at(-1)!.closed(4410, 'workspace-deleted')
    await clock.pass(600_000)
    expect(link.state()).toEqual({ phase: 'refused', refusal: { code: 'workspace-deleted', message: said } })
    expect(sockets).toHaveLength(1)
  }
})

const HOUR = 3_600_000

test.each([
  ['token-expired', 24 * HOUR, 'The clock of this device is behind by about a day.'],
  ['token-early', -24 * HOUR, 'The clock of this device is ahead by about a day.'],
  ['token-early', -3 * HOUR, 'The clock of this device is ahead by about 3 hours.'],
  ['token-expired', 20 * 60_000, 'The clock of this device is behind by about 20 minutes.'],
  ['token-expired', null, 'The clock of this device is behind.'],
] as const)(
  'a relay that says %s: the clock is named as what is wrong, and once it is right all goes on by itself',
  async (code, off, message) => {
    const { clock, link, sockets, greet } = await createRig(undefined, now =>
      off === null ? null : now + off,
    )
    const turnAway = async (): Promise<void> => {
      sockets.at(-1)!.closed(4401, code)
      await clock.pass(0)
    }
    await turnAway() // as after a sleep, in which the token ran out
    expect(link.state().phase).toBe('waiting')
    await clock.pass(1000)
    for (let times = 0; times < 5; times += 1) {
      await turnAway()
      expect(link.state()).toEqual({ phase: 'refused', refusal: { code, message } })
      const before = sockets.length
      await clock.pass(31_000)
      expect(sockets.length, 'it is tried again, and one connection at a time').toBe(before + 1)
      link.wake()
      await clock.pass(0)
      expect(sockets.length).toBe(before + 1)
      expect(link.state(), 'and goes on to say why').toEqual({ phase: 'refused', refusal: { code, message } })
    }
    await greet()
    expect(link.state().phase).toBe('open')
  },
)

const DEVICE = 'A'.repeat(43)
const slot = (size: number): RelayMessage => ({
  type: 'slots',
  slots: [{ device: DEVICE, data: new Uint8Array(size) }],
})
const NEWER: RelayMessage = { type: 'access', generation: 7, access: 'all' }

/** A link whose access lists take as long to agree as a test says. */
const createSlowRig = async () => {
  let agreement = Promise.withResolvers<Result<null>>()
  const rig = await createRig(() => agreement.promise)
  return {
    ...rig,
    agree: async () => {
      agreement.resolve(ok(null))
      await rig.clock.pass(0)
    },
    /** Begins anew as soon as the link does, with another agreement. */
    reconnected: async () => {
      agreement = Promise.withResolvers<Result<null>>()
      const before = rig.sockets.length
      while (rig.sockets.length === before) await rig.clock.pass(100)
    },
  }
}

test('what the relay says while the access lists are brought together is dealt with afterwards, in its order', async () => {
  const { told, greet, says, agree } = await createSlowRig()
  await greet()
  says(slot(1))
  says(NEWER)
  expect(told).toEqual([])
  await agree()
  says(slot(2))
  expect(told).toEqual(['opened', slot(1), NEWER, slot(2)])
})

test('what a relay said on a connection that ended before is not dealt with on the next one', async () => {
  const { told, sockets, greet, says, agree, reconnected } = await createSlowRig()
  await greet()
  says(slot(1))
  sockets.at(-1)!.closed(1006, '')
  await reconnected()
  await greet()
  says(slot(2))
  await agree()
  expect(told).toEqual(['opened', slot(2)])
})

test('a relay that says more than can be kept before the access lists agree is connected to anew', async () => {
  const { told, link, greet, says, agree, reconnected } = await createSlowRig()
  await greet()
  for (let said = 0; said < MAX_MESSAGE_BYTES && link.state().phase === 'connecting'; said += MAX_SLOT_BYTES)
    says(slot(MAX_SLOT_BYTES))
  expect(link.state().phase).toBe('waiting')
  await agree()
  expect(told).toEqual([])
  await reconnected()
  await greet()
  says(slot(1))
  await agree()
  expect(told).toEqual(['opened', slot(1)])
})

test('once a message makes the link give up, what came behind it is not dealt with', async () => {
  const { link, told, greet, says, agree, received } = await createSlowRig()
  received.mockImplementation(() =>
    link.refuse({ code: 'not-a-member', message: 'This device was removed.' }),
  )
  await greet()
  says(NEWER)
  says(slot(1))
  await agree()
  expect(told).toEqual(['opened', NEWER])
})
