import { expect, test } from 'vitest'
import { PONG_WITHIN_MS } from '../../../protocol/limits.ts'
import { encodeRelayMessage } from '../../../protocol/relay-codec.ts'
import { ok } from '../../../protocol/result.ts'
import { RELAY_PROTOCOL } from '../../../protocol/version.ts'
import type { RelaySocketHandlers } from '../../../worker/platform/relay-socket.ts'
import { createRelayLink } from '../../../worker/sync/relay-link.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { seededRandom } from '../../support/seeded.ts'

test('a dead connection is noticed, however often somebody comes back to it', async () => {
  const clock = createManualClock()
  let socket: RelaySocketHandlers | undefined
  let closed = 0
  const link = createRelayLink({
    origin: 'https://relay.test',
    workspace: 'w',
    openSocket: (_address, _protocols, handlers) => {
      socket = handlers
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
  const head = { position: 0, stamp: null }
  const log = 'A'.repeat(22)
  socket!.received(encodeRelayMessage({ type: 'hello', protocol: RELAY_PROTOCOL, log, head, generation: 0 }))
  await clock.pass(0)
  expect(link.state().phase).toBe('open')

  for (let passed = 0; passed <= PONG_WITHIN_MS; passed += PONG_WITHIN_MS / 4) {
    link.wake()
    await clock.pass(PONG_WITHIN_MS / 4)
  }
  expect(closed).toBe(1)
})
