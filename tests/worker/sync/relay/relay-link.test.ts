import { expect, test } from 'vitest'
import { PONG_WITHIN_MS } from '../../../../protocol/limits.ts'
import { encodeRelayMessage } from '../../../../protocol/relay-codec.ts'
import { ok } from '../../../../protocol/result.ts'
import { RELAY_PROTOCOL } from '../../../../protocol/version.ts'
import type { RelaySocketHandlers } from '../../../../worker/platform/relay-socket.ts'
import { createRelayLink } from '../../../../worker/sync/relay/relay-link.ts'
import { createManualClock } from '../../../support/manual-clock.ts'
import { seededRandom } from '../../../support/seeded.ts'

/** A link whose relay lets everybody in; `sockets` are those that it opened, in order. */
const createRig = async () => {
  const clock = createManualClock()
  const sockets: RelaySocketHandlers[] = []
  let closed = 0
  const link = createRelayLink({
    origin: 'https://relay.test',
    workspace: 'w',
    openSocket: (_address, _protocols, handlers) => {
      sockets.push(handlers)
      return { send: () => {}, close: () => handlers.closed(1000, '') }
    },
    clock,
    random: seededRandom(1),
    token: async () => 'token',
    agreeOnAccess: async () => ok(null),
    handlers: {
      opened: () => {},
      received: () => {},
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
    closed: () => closed,
    greet: async () => {
      const hello = { type: 'hello', protocol: RELAY_PROTOCOL, log, head, generation: 0 } as const
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
