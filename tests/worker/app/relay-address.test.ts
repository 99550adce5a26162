import { expect, test } from 'vitest'
import { invitedRelays, relayOrigin, trustedAddress } from '../../../worker/app/relay-address.ts'

test.each([
  ['https://relay.example', 'https://relay.example'],
  [' https://relay.example/app?x#y ', 'https://relay.example'],
  ['http://localhost:4321', 'http://localhost:4321'],
  ['http://[::1]:4321/', 'http://[::1]:4321'],
])('the relay at %s is %s', (text, origin) => {
  expect(relayOrigin(text)).toEqual({ ok: true, value: origin })
})

test.each([
  ['wss://yjs.example', 'https://yjs.example'],
  ['https://yjs.example/notes/', 'https://yjs.example/notes'],
  ['ws://127.0.0.1:1234', 'http://127.0.0.1:1234'],
])('the Yjs server at %s is %s', (text, address) => {
  expect(trustedAddress(text)).toEqual({ ok: true, value: address })
})

test.each([
  'relay',
  'ftp://relay.example',
  'https://ana@relay.example',
  'http://relay.example',
  'ws://relay.example',
])('nothing is sent to %s', text => {
  for (const read of [relayOrigin, trustedAddress])
    expect(read(text)).toMatchObject({ ok: false, error: { code: 'bad-relay' } })
})

test('whoever is invited uses the relays that the invitation names, and only those that may be used', () => {
  expect(
    invitedRelays('https://a.example', [
      'https://b.example',
      'https://a.example',
      'http://c.example',
      'nonsense',
    ]),
  ).toEqual(['https://a.example', 'https://b.example'])
  const many = Array.from({ length: 20 }, (_, index) => `https://${index}.example`)
  expect(invitedRelays('https://a.example', many)).toHaveLength(8)
})

test('a room cannot be put behind a query', () => {
  expect(trustedAddress('wss://yjs.example/?key=1').ok).toBe(false)
})
