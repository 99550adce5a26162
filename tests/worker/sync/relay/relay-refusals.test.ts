import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { SUBPROTOCOL } from '../../../../protocol/relay-http.ts'
import { CLOSE_CODES, isLasting, type RefusalCode } from '../../../../protocol/relay-messages.ts'
import { ok } from '../../../../protocol/result.ts'
import { openWebSocket } from '../../../../worker/platform/relay-socket.ts'
import { createRelayLink } from '../../../../worker/sync/relay/relay-link.ts'
import { createManualClock } from '../../../support/manual-clock.ts'
import { seededRandom } from '../../../support/seeded.ts'

const endings: (() => void)[] = []
afterEach(() => {
  for (const end of endings.splice(0)) end()
})

/** A link over real sockets to a relay that turns everybody away, in time that passes when the test says so. */
const refusedWith = async (code: RefusalCode) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => SUBPROTOCOL })
  await once(server, 'listening')
  let attempts = 0
  server.on('connection', socket => {
    attempts += 1
    socket.close(CLOSE_CODES[code], code)
  })
  const clock = createManualClock()
  const link = createRelayLink({
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    workspace: 'w',
    openSocket: openWebSocket,
    clock,
    random: seededRandom(1),
    token: async () => 'token',
    agreeOnAccess: async () => ok(null),
    relayTime: async () => null,
    handlers: { opened: () => {}, received: () => {}, closed: () => {}, changed: () => {} },
  })
  link.start()
  endings.push(() => {
    link.stop()
    server.close()
  })
  return { link, clock, attempts: () => attempts }
}

const MINUTE_MS = 60_000
const lasting = (Object.keys(CLOSE_CODES) as RefusalCode[]).filter(isLasting)

test.each(lasting)('a relay that says %s is not asked again by itself, whoever comes back', async code => {
  const { link, clock, attempts } = await refusedWith(code)
  await expect.poll(() => link.state().phase).toBe('refused')
  // Our access lists may mend this one, so that they are sent before it is believed.
  const asked = attempts()
  expect(asked).toBe(code === 'not-a-member' ? 4 : 1)
  for (let minute = 0; minute < 10; minute += 1) {
    link.wake()
    await clock.pass(MINUTE_MS)
  }
  expect(link.state().phase).toBe('refused')
  link.retry()
  await expect.poll(attempts).toBeGreaterThan(asked)
})

test('a relay that only cannot now is asked again, less and less often', async () => {
  const { link, clock, attempts } = await refusedWith('shutting-down')
  const asked: number[] = []
  const start = clock.now()
  while (clock.now() - start < 3 * MINUTE_MS) {
    await expect.poll(() => link.state().phase).toBe('waiting')
    asked.push(clock.now() - start)
    while (link.state().phase === 'waiting') await clock.pass(100)
  }
  const inMinute = (minute: number): number =>
    asked.filter(at => Math.floor(at / MINUTE_MS) === minute).length
  expect(attempts()).toBeGreaterThanOrEqual(asked.length)
  expect(inMinute(0)).toBeGreaterThanOrEqual(5)
  expect(inMinute(0)).toBeLessThanOrEqual(10)
  expect(inMinute(2)).toBeLessThanOrEqual(4)
})
