import { expect, test } from 'vitest'
import { type KnownRelay, withNamed } from '../../../worker/app/session-relays.ts'
import { type StoredRelay, sealedRelay, trustedServer } from '../../../worker/storage/stored-relay.ts'

const A = 'https://a.example'
const B = 'https://b.example'

const naming = (id: string, origin: string | null, isUsable = origin !== null): KnownRelay => ({
  ...{ id, origin, isUsable },
  address: origin ?? '',
  by: 'ana',
  at: 0,
})
const own = (origin: string, named?: string): StoredRelay => ({
  ...sealedRelay(origin, 'code'),
  ...(named && { named }),
})
const used = (relays: readonly StoredRelay[]) => relays.map(({ origin, named }) => [origin, named])

test('what is named is used beside what only this device uses, and what is named no more is left', () => {
  const named = [naming('1', A), naming('2', B)]
  expect(withNamed([own(A)], named, [])).toEqual([own(A, '1'), { ...sealedRelay(B), named: '2' }])
  const before = [own('https://mine.example'), own(A, '1'), own(B, '2')]
  expect(used(withNamed(before, [naming('2', B)], []))).toEqual([
    ['https://mine.example', undefined],
    [B, '2'],
  ])
})

test('one that two named at the same time is used once, as long as either stands', () => {
  const both = withNamed([own(A)], [naming('1', B), naming('2', B)], [])
  expect(used(both)).toEqual([
    [A, undefined],
    [B, '1'],
  ])
  expect(used(withNamed(both, [naming('2', B)], []))).toEqual([
    [A, undefined],
    [B, '2'],
  ])
})

test('sync that is off stays off, and what this device has left it does not take', () => {
  expect(withNamed([], [naming('1', A)], [])).toEqual([])
  expect(used(withNamed([own(A)], [naming('1', B)], [B]))).toEqual([[A, undefined]])
})

test('others cannot take the last relay away from a device', () => {
  const before = [own(A, '1')]
  expect(withNamed(before, [], [])).toEqual(before)
  expect(withNamed(before, [naming('2', null), naming('3', 'http://localhost:1', false)], [])).toEqual(before)
  expect(used(withNamed(before, [naming('2', B)], []))).toEqual([[B, '2']])
})

test('one whose name cannot be read for the moment stays', () => {
  expect(used(withNamed([own(A, '1'), own(B, '2')], [naming('1', null), naming('2', B)], []))).toEqual([
    [A, '1'],
    [B, '2'],
  ])
})

test('a device takes over eight at most, in the order in which they are named', () => {
  const named = Array.from({ length: 20 }, (_, index) => naming(`${index}`, `https://${index}.example`))
  const taken = withNamed([own('https://0.example')], named, [])
  expect(used(taken)).toEqual(named.slice(0, 8).map(({ id, origin }) => [origin, id]))
})

test('a trusted server is nobody else’s affair, also where a relay is named under its address', () => {
  const trusted = trustedServer(A)
  expect(withNamed([trusted], [naming('1', A), naming('2', B)], [])).toEqual([
    trusted,
    { ...sealedRelay(B), named: '2' },
  ])
})
