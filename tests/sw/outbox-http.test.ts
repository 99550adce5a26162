import { encode } from 'cborg'
import { beforeEach, expect, test } from 'vitest'
import { MAX_OUTBOX_ENTRY_BYTES } from '../../protocol/limits.ts'
import { OUTBOX_HEADER, outboxEntryId } from '../../protocol/outbox.ts'
import { createOutboxHttp } from '../../sw/outbox/outbox-http.ts'
import type { OutboxStore } from '../../sw/outbox/outbox-store.ts'
import { emptyDisk, entry, envelope, idsOf, NOTE, OTHER_NOTE, startLife, WORKSPACE } from './setup.ts'

const RELAY = 'http://localhost:4321'
const ID = outboxEntryId(RELAY, WORKSPACE, NOTE)
const PATH = `/outbox/${encodeURIComponent(ID)}`
const live = () => startLife({ keys: async () => null })

beforeEach(emptyDisk)

test('a put is stored before it is answered, and the answer carries the header that says so', async () => {
  const life = live()
  const answer = await life.put(entry(RELAY, [envelope(1)]))
  expect(answer.status).toBe(202)
  expect(answer.headers.get(OUTBOX_HEADER)).toBe('1')

  const [stored] = await live().store.entries() // another life sees it on the disk
  expect(stored).toMatchObject({ id: ID, entry: { relay: RELAY, document: NOTE, generation: 3 } })
})

test('every put asks the browser to wake the service worker later, since an earlier wish may be used up', async () => {
  const life = live()
  await life.put(entry(RELAY, [envelope(1)]))
  await life.put(entry(RELAY, [envelope(2)]))
  await life.request('GET', '/outbox/')
  expect(life.syncsAskedFor).toBe(2)
})

test('a newer put replaces the older one of its id', async () => {
  const life = live()
  await life.put(entry(RELAY, [envelope(1)]))
  await life.put(entry(RELAY, [envelope(2)], OTHER_NOTE))
  await life.put(entry(RELAY, [envelope(1), envelope(3)]))
  const stored = await live().store.entries()
  expect(stored.map(({ entry: { document, envelopes } }) => [document, idsOf(envelopes)])).toEqual([
    [OTHER_NOTE, idsOf([envelope(2)])],
    [NOTE, idsOf([envelope(1), envelope(3)])],
  ])
  expect(await life.store.count()).toBe(2)
})

test('a state counts the entries, and a delete forgets every version of one', async () => {
  const life = live()
  await life.put(entry(RELAY, [envelope(1)]))
  await life.put(entry(RELAY, [envelope(2)]))
  await life.put(entry(RELAY, [envelope(3)], OTHER_NOTE))
  expect(await (await life.request('GET', '/outbox/')).json()).toEqual({ entries: 2 })

  const answer = await life.request('DELETE', PATH)
  expect([answer.status, answer.headers.get(OUTBOX_HEADER)]).toEqual([202, '1'])
  expect(await (await life.request('GET', '/outbox/')).json()).toEqual({ entries: 1 })
})

test('turning sync off empties the outbox of that workspace: nothing of it may leave the device after it', async () => {
  const life = live()
  const other = `${'B'.repeat(42)}A`
  await life.put({ ...entry(RELAY, [envelope(1)]), workspace: other })
  await life.put(entry(RELAY, [envelope(1)]))
  await life.put(entry(RELAY, [envelope(2)], OTHER_NOTE))
  const answer = await life.request('DELETE', `/outbox/?workspace=${WORKSPACE}`)
  expect([answer.status, answer.headers.get(OUTBOX_HEADER)]).toEqual([202, '1'])
  expect((await live().store.entries()).map(({ entry: { workspace } }) => workspace)).toEqual([other])
  expect((await life.request('DELETE', '/outbox/')).status).toBe(400)
})

test('an entry of the largest size is taken and a larger one refused', async () => {
  const life = live()
  const frame = encode(entry(RELAY, [envelope(1, 0)])).length + 4 // a longer length needs four bytes more
  const largest = entry(RELAY, [envelope(1, MAX_OUTBOX_ENTRY_BYTES - frame)])
  expect((await life.put(largest)).status).toBe(202)

  const larger = entry(RELAY, [envelope(1, MAX_OUTBOX_ENTRY_BYTES)])
  const answer = await life.put(larger)
  expect([answer.status, answer.headers.get(OUTBOX_HEADER)]).toEqual([413, '1'])
})

const good = entry(RELAY, [envelope(1)])
test.each([
  ['no CBOR', Uint8Array.of(0xff, 1, 2)],
  ['no entry', encode(7)],
  ['an address that is more than an origin', encode({ ...good, relay: `${RELAY}/w` })],
  ['an address of another kind', encode({ ...good, relay: 'file:///etc' })],
  ['a wrong workspace', encode({ ...good, workspace: 'x' })],
  ['a wrong document', encode({ ...good, document: '../../x' })],
  ['no envelopes', encode({ ...good, envelopes: [] })],
  ['something that is no envelope', encode({ ...good, envelopes: [new Uint8Array(300)] })],
  ['a wrong generation', encode({ ...good, generation: -1 })],
  ['the name of another document', encode({ ...good, document: OTHER_NOTE })],
])('an entry with %s is refused and not stored', async (_, body) => {
  const life = live()
  const answer = await life.request('PUT', PATH, body)
  expect([answer.status, answer.headers.get(OUTBOX_HEADER)]).toEqual([400, '1'])
  expect(await life.store.count()).toBe(0)
})

test('a name that is not encoded as it should be is refused', async () => {
  const answer = await live().request('DELETE', '/outbox/%E0%A4%A')
  expect([answer.status, answer.headers.get(OUTBOX_HEADER)]).toEqual([400, '1'])
})

test('other methods are refused', async () => {
  const life = live()
  expect((await life.request('POST', PATH, new Uint8Array(1))).status).toBe(405)
  expect((await life.request('PUT', '/outbox/', new Uint8Array(1))).status).toBe(405)
})

test('a store that fails is answered with anything but "stored", and its words are not repeated', async () => {
  const failing = { put: () => Promise.reject(new Error('my secret note')) } as unknown as OutboxStore
  const answer = createOutboxHttp({ store: failing, askForSync: async () => {}, drainSoon: () => {} })
  const request = new Request(`${RELAY}${PATH}`, { method: 'PUT', body: new Uint8Array(encode(good)) })
  const response = await answer(request)
  expect(response.status).toBe(507)
  expect(await response.text()).not.toContain('secret')
})
