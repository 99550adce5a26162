import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import { checkToken } from '../../protocol/token.ts'
import {
  confirmAll,
  emptyDisk,
  entry,
  envelope,
  HOME,
  idsOf,
  makeKeys,
  NOTE,
  OTHER_NOTE,
  type Relay,
  refuseWith,
  startLife,
  startRelay,
  WORKSPACE,
} from './setup.ts'

let relay: Relay
let keys: DeviceKeys<CryptoKey>
const live = (options: Partial<Parameters<typeof startLife>[0]> = {}) =>
  startLife({ keys: async () => keys, ...options })

beforeEach(async () => {
  emptyDisk()
  relay = await startRelay()
  keys = await makeKeys()
})
afterEach(() => relay.stop())

test('an entry travels with a fresh token of the device and goes once the relay names it', async () => {
  const life = live()
  const envelopes = [envelope(1), envelope(2)]
  expect((await life.put(entry(relay.url, envelopes))).status).toBe(202)
  await life.settled()

  expect(relay.received).toHaveLength(1)
  const [received] = relay.received
  expect(received?.path).toBe(`/w/${WORKSPACE}/log`)
  expect(received?.envelopes).toEqual(idsOf(envelopes))
  const token = await checkToken(received?.token ?? '', {
    workspace: WORKSPACE,
    audiences: [relay.url],
    now: Math.floor(life.clock.now / 1000),
  })
  expect(token).toMatchObject({ ok: true, value: { scopes: ['write'], gen: 3, signer: keys.device } })
  expect(await life.store.count()).toBe(0)
  expect(life.reports).toContainEqual({
    type: 'delivered',
    entry: expect.stringContaining(NOTE),
    envelopes: idsOf(envelopes),
  })
})

test('several documents of one log travel together, the home document first', async () => {
  const offline = live({ keys: async () => null })
  await offline.put(entry(relay.url, [envelope(1)], NOTE))
  await offline.put(entry(relay.url, [envelope(2)], OTHER_NOTE))
  await offline.put(entry(relay.url, [envelope(3)], HOME))
  await offline.settled()

  const life = live()
  await life.outbox.drain()
  expect(relay.received.map(({ documents }) => documents)).toEqual([[HOME, NOTE, OTHER_NOTE]])
  expect(await life.store.count()).toBe(0)
})

test('large entries are spread over several requests', async () => {
  const offline = live({ keys: async () => null })
  await offline.put(entry(relay.url, [envelope(1, 700_000)], NOTE))
  await offline.put(entry(relay.url, [envelope(2, 700_000)], OTHER_NOTE))
  await offline.settled()

  await live().outbox.drain()
  expect(relay.received.map(({ documents }) => documents)).toEqual([[NOTE], [OTHER_NOTE]])
})

test('a success that does not name every envelope deletes nothing', async () => {
  relay.behave((received, response) =>
    confirmAll({ ...received, envelopes: received.envelopes.slice(1) }, response),
  )
  const life = live()
  await life.put(entry(relay.url, [envelope(1), envelope(2)]))
  await life.settled()
  expect(relay.received).toHaveLength(1)
  expect(await life.store.count()).toBe(1)

  relay.behave((_, response) => response.writeHead(204).end())
  expect(await life.outbox.drain()).toEqual({ entries: 1, held: 0 })

  relay.behave(confirmAll)
  expect(await life.outbox.drain()).toEqual({ entries: 0, held: 0 })
})

test('a broken relay costs nothing: the entry stays until one takes it', async () => {
  relay.behave((_, response) => response.writeHead(500).end('<h1>Internal error</h1>'))
  const life = live()
  await life.put(entry(relay.url, [envelope(1)]))
  await life.settled()
  expect(await life.outbox.drain()).toEqual({ entries: 1, held: 0 })

  relay.behave(confirmAll)
  expect(await life.outbox.drain()).toEqual({ entries: 0, held: 0 })
})

test('a relay that cannot be reached costs nothing, and does not keep another relay waiting', async () => {
  const gone = await startRelay()
  await gone.stop()
  const life = live()
  await life.put(entry(gone.url, [envelope(1)]))
  await life.put(entry(relay.url, [envelope(2)]))
  await life.settled()
  expect(relay.received).toHaveLength(1)
  expect((await life.store.entries()).map(stored => stored.entry.relay)).toEqual([gone.url])
})

test('a relay that never answers is given up, and the entry stays', async () => {
  relay.behave(() => {})
  const life = live({ timeoutMs: 50 })
  await life.put(entry(relay.url, [envelope(1)]))
  await life.settled()
  expect(relay.received).toHaveLength(1)
  expect(await life.store.count()).toBe(1)
})

test('an answer that begins and never ends is given up as well', async () => {
  relay.behave((_, response) => response.write('{"log":'))
  const life = live({ timeoutMs: 50 })
  await life.put(entry(relay.url, [envelope(1)]))
  await life.settled()
  expect(await life.store.count()).toBe(1)
})

test('a token is never taken to another address by a redirect', async () => {
  const elsewhere = await startRelay()
  relay.behave((_, response) => response.writeHead(307, { location: `${elsewhere.url}/w/x/log` }).end())
  const life = live()
  await life.put(entry(relay.url, [envelope(1)]))
  await life.settled()
  expect(elsewhere.received).toEqual([])
  expect(await life.store.count()).toBe(1)
  await elsewhere.stop()
})

test('without keys nothing is sent and nothing is lost', async () => {
  const life = live({ keys: async () => null })
  await life.put(entry(relay.url, [envelope(1)]))
  await life.settled()
  expect(relay.received).toEqual([])
  expect(await life.store.count()).toBe(1)
})

test('a lasting refusal is told, kept, and not tried again within the minute', async () => {
  relay.behave(refuseWith(403, 'not-a-member'))
  const life = live()
  await life.put(entry(relay.url, [envelope(1)]))
  await life.settled()
  expect(life.reports).toContainEqual({
    type: 'refused',
    entry: expect.stringContaining(NOTE),
    code: 'not-a-member',
    message: 'Refused: not-a-member.',
  })
  expect(await life.outbox.drain()).toEqual({ entries: 1, held: 1 })
  expect(relay.received).toHaveLength(1)

  life.clock.now += 60_000
  relay.behave(confirmAll)
  expect(await life.outbox.drain()).toEqual({ entries: 0, held: 0 })
})

test('a refusal that may pass is tried again at the next chance', async () => {
  relay.behave(refuseWith(429, 'rate'))
  const life = live()
  await life.put(entry(relay.url, [envelope(1)]))
  await life.settled()
  expect(await life.outbox.drain()).toEqual({ entries: 1, held: 0 })
  expect(relay.received).toHaveLength(2)
})

test('a document that is refused does not hold back the others of its request', async () => {
  const offline = live({ keys: async () => null })
  await offline.put(entry(relay.url, [envelope(1)], NOTE))
  await offline.put(entry(relay.url, [envelope(2)], OTHER_NOTE))
  await offline.settled()

  relay.behave(({ envelopes }, response) => {
    const mark = { position: 1, stamp: 'AAAAAAAAAAA' }
    response.end(
      JSON.stringify({
        log: 'log',
        known: [{ document: OTHER_NOTE, envelopes: envelopes.slice(1), from: mark, to: mark }],
        refused: [
          { document: NOTE, envelopes: envelopes.slice(0, 1), code: 'quota-documents', message: 'Full.' },
        ],
      }),
    )
  })
  const life = live()
  expect(await life.outbox.drain()).toEqual({ entries: 1, held: 1 })
  expect((await life.store.entries()).map(stored => stored.entry.document)).toEqual([NOTE])
  expect(life.reports).toContainEqual(expect.objectContaining({ type: 'refused', code: 'quota-documents' }))
})

test('an entry that is replaced while it travels stays in its newer form', async () => {
  const life = live()
  const confirmFirst = Promise.withResolvers<void>()
  relay.behave((received, response) => void confirmFirst.promise.then(() => confirmAll(received, response)))
  await life.put(entry(relay.url, [envelope(1)]))
  await relay.requests(1)

  await life.put(entry(relay.url, [envelope(1), envelope(2)]))
  relay.behave((_, response) => response.writeHead(503).end())
  confirmFirst.resolve()
  await life.settled()

  const left = await life.store.entries()
  expect(left.map(stored => idsOf(stored.entry.envelopes))).toEqual([idsOf([envelope(1), envelope(2)])])
})

test('what is put during a drain is picked up by it, and only one drain runs at a time', async () => {
  const life = live()
  let open = 0
  let most = 0
  relay.behave((received, response) => {
    open += 1
    most = Math.max(most, open)
    setImmediate(() => {
      open -= 1
      confirmAll(received, response)
    })
  })
  await life.put(entry(relay.url, [envelope(1)], NOTE))
  await relay.requests(1)
  await life.put(entry(relay.url, [envelope(2)], OTHER_NOTE))
  await Promise.all([life.outbox.drain(), life.outbox.drain(), life.settled()])
  expect(most).toBe(1)
  expect(await life.store.count()).toBe(0)
})

test('a service worker that is killed while it sends delivers at its next start', async () => {
  const killed = live({ timeoutMs: 1_000_000 })
  relay.behave(() => {}) // the relay has it, and the answer never arrives
  await killed.put(entry(relay.url, [envelope(1)]))
  await relay.requests(1)

  relay.behave(confirmAll)
  const next = live()
  expect(await next.outbox.drain()).toEqual({ entries: 0, held: 0 })
  expect(relay.received.map(({ envelopes }) => envelopes)).toEqual([
    idsOf([envelope(1)]),
    idsOf([envelope(1)]),
  ])
})
