import { expect, test } from 'vitest'
import type { ReceiptValue, RelayFacts } from '../../../protocol/sync.ts'
import type { Pending } from '../../../src/editor/unstored-edits.ts'
import {
  holdsWords,
  namedWords,
  troubleWords,
  unusedName,
  unusedWords,
} from '../../../src/sync/relay-words.ts'
import {
  ago,
  deviceWords,
  lastErrorWords,
  queueWords,
  receiptDetail,
  receiptWords,
  relayWords,
  setAsideWords,
} from '../../../src/sync/sync-words.ts'

const NOW = Date.UTC(2026, 4, 12, 14)
const MINUTE = 60_000
const receipt = (change: Partial<NonNullable<ReceiptValue>> = {}): ReceiptValue => ({
  relayed: { relay: 'https://relay.example', at: NOW - 5 * MINUTE },
  handedTo: null,
  delivered: [],
  others: 2,
  ...change,
})

test.each<[ReceiptValue | undefined, Pending, string]>([
  [receipt({ delivered: ['a'] }), 'refused', 'Not stored'],
  [null, 'storing', 'Storing…'],
  [receipt({ delivered: ['a'] }), 'storing', 'Storing…'],
  [null, 'none', 'Stored on this device'],
  [undefined, 'none', 'Stored on this device'],
  [receipt({ relayed: null }), 'none', 'Stored on this device'],
  [receipt(), 'none', 'On the relay'],
  [receipt({ relayed: null, handedTo: 'https://yjs.example' }), 'none', 'Handed over'],
  [receipt({ handedTo: 'https://yjs.example' }), 'none', 'On the relay'],
  [receipt({ delivered: ['a'] }), 'none', 'On 1 other device'],
  [receipt({ delivered: ['a', 'b'] }), 'none', 'On 2 other devices'],
])('a receipt claims no more than is known: %j, pending: %s', (value, pending, words) => {
  expect(receiptWords(value, pending)).toBe(words)
})

test('whoever asks is told which relay, since when, and on how many of the devices', () => {
  expect(receiptDetail(receipt({ delivered: ['a'] }), 'none', NOW)).toBe(
    'Stored on this device. relay.example has had it for 5 minutes. Stored on 1 of 2 other devices.',
  )
  expect(receiptDetail(receipt({ relayed: null }), 'none', NOW)).toContain('has not confirmed it yet')
})

test('a device is as far as it told', () => {
  const device = { id: 'd', self: false, seenAt: null, behind: null }
  expect(deviceWords(device)).toBe('Has not told how far it is')
  expect(deviceWords({ ...device, behind: 0 })).toBe('Up to date')
  expect(deviceWords({ ...device, behind: 1 })).toBe('1 change behind')
})

test('the queue says what is safe, and who holds it', () => {
  expect(queueWords({ waiting: [], held: [], remaining: 0 })).toBe(
    'Nothing waits: the relay has all that is here.',
  )
  const words = queueWords({ waiting: ['a', 'b', 'c'], held: ['a'], remaining: 2 })
  expect(words).toContain('3 documents have changes that no relay has confirmed.')
  expect(words).toContain('stored on this device')
  expect(words).toContain('The service worker holds 1 of them')
  expect(words).toContain('2 documents are still compared')
})

test('a relay that is away says for how long, and what went wrong last', () => {
  const relay = {
    origin: 'https://relay.example',
    phase: 'offline',
    trusted: false,
    since: NOW - 3 * MINUTE,
    reachedAt: null,
    syncedAt: null,
    lastError: { code: 'unreachable', at: NOW - MINUTE },
  } as const
  expect(relayWords(relay, NOW).text).toBe('Not connected for 3 minutes; it is tried again by itself')
  expect(lastErrorWords(relay, NOW)).toBe('It could not be reached, 1 minute ago')
  expect(lastErrorWords({ ...relay, lastError: { code: 'new-one', at: NOW } }, NOW)).toContain('(new-one)')
  expect(lastErrorWords({ ...relay, lastError: null }, NOW)).toBeNull()
})

const facts: RelayFacts = {
  origin: 'https://relay.example',
  phase: 'synced',
  since: NOW,
  reachedAt: NOW,
  syncedAt: NOW,
  lastError: null,
  trusted: false,
  named: null,
  end: 40,
  documents: 12,
  confirmed: 12,
  lostAt: null,
  lacked: null,
}

test('what relays hold can be compared: documents, the end of the log, what they lost and withheld', () => {
  expect(holdsWords(facts)).toBe('Has all 12 documents as here; its log ends at 40')
  expect(holdsWords({ ...facts, confirmed: 9, end: null })).toBe('Has 9 of 12 documents as here')
  expect(troubleWords(facts, NOW)).toEqual([])
  const [lost, lacked] = troubleWords(
    { ...facts, lostAt: NOW - 5 * MINUTE, lacked: { changes: 1, at: NOW } },
    NOW,
  )
  expect(lost).toContain('It had lost what it had confirmed, noticed 5 minutes ago')
  expect(lacked).toBe(
    'It did not hand out 1 change that came by other relays, last just now. This device sent it to it.',
  )
})

test('of each relay it is said who has it used, and where', () => {
  const person = {
    person: 'ana',
    name: 'Ana',
    role: 'owner',
    isMe: false,
    isNamed: true,
    devices: [],
  } as const
  const named = { by: 'ana', at: NOW - 5 * MINUTE }
  const said = (people: Parameters<typeof namedWords>[1]) => namedWords(named, people, NOW)
  expect(said({ people: [person] })).toBe('Ana added it for all devices, 5 minutes ago')
  expect(said({ people: [{ ...person, isMe: true }] })).toBe('You added it for all devices, 5 minutes ago')
  expect(said({ people: [{ ...person, person: 'ben' }] })).toMatch(
    /^Somebody who is no member any more added it/,
  )
  for (const unknown of [undefined, { people: [] }]) expect(said(unknown)).toBeNull()
  expect(namedWords(null, undefined, NOW)).toBe('Only this device uses it')
})

test('one that this device does not use says why, also where its address cannot be read', () => {
  const relay = {
    id: 'r',
    address: 'https://relay.example',
    why: 'left',
    named: { by: 'ana', at: NOW },
  } as const
  expect([unusedName(relay), unusedWords(relay)]).toEqual([
    'relay.example',
    'Not used on this device, where it was removed; the others use it',
  ])
  expect(unusedName({ ...relay, address: '' })).toBe('A relay whose address cannot be read here')
})

test('of a trusted server nothing is said to be kept', () => {
  const trusted = { ...facts, trusted: true, end: null }
  expect(holdsWords(trusted)).toBe('Was handed 12 documents; it confirms nothing')
  expect(relayWords(trusted, NOW).text).toBe('Connected, and it was handed everything')
  expect(receiptDetail(receipt({ relayed: null, handedTo: 'https://yjs.example/n' }), 'none', NOW)).toContain(
    'yjs.example was handed it, can read it',
  )
})

test('what was set aside says why', () => {
  const entry = { document: 'd', count: 2, reason: 'envelope-signature' }
  expect(setAsideWords(entry)).toBe('2 changes: its signature is wrong')
  expect(setAsideWords({ ...entry, reason: 'other' })).toContain('(other)')
})

test('times are told in the words that people use', () => {
  expect(ago(NOW - 10, NOW)).toBe('just now')
  expect(ago(NOW - 2 * MINUTE, NOW)).toBe('2 minutes ago')
  expect(ago(NOW - 25 * 60 * MINUTE, NOW)).toBe('1 day ago')
})
