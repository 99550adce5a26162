import { expect, test } from 'vitest'
import { isForAll, relayOrigin, trustedAddress } from '../../../worker/app/relay-address.ts'

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

test('others’ devices are sent to nothing on their own machine, unless the app is from there', () => {
  const app = 'https://notes.example'
  expect(isForAll('https://b.example', app)).toBe(true)
  for (const here of ['http://localhost:631', 'https://127.0.0.1', 'http://[::1]:8080']) {
    expect(isForAll(here, app), here).toBe(false)
    expect(isForAll(here, 'http://localhost:4321')).toBe(true)
  }
})

test('a room cannot be put behind a query', () => {
  expect(trustedAddress('wss://yjs.example/?key=1').ok).toBe(false)
})
