import { expect, test } from 'vitest'
import { HOME_DOCUMENT } from '../../../protocol/ids.ts'
import { sealedRelay } from '../../../worker/storage/stored-relay.ts'
import {
  devicesOfAll,
  receiptOfAll,
  setAsideOfAll,
  stateOfAll,
  unsentEverywhere,
} from '../../../worker/sync/relays-state.ts'
import type { SyncState } from '../../../worker/sync/report/sync-report.ts'

const NOTHING = { documents: new Set<string>(), held: new Set<string>() }
const lacking = (...documents: readonly string[]) => ({ ...NOTHING, documents: new Set(documents) })
const state = (change: Partial<SyncState>): SyncState => ({
  link: { phase: 'open' },
  reached: true,
  reachedAt: null,
  waiting: 0,
  queued: 0,
  setAside: 0,
  remaining: 0,
  caughtUp: true,
  ...change,
})
const at = (...states: readonly Partial<SyncState>[]) =>
  stateOfAll(
    states.map((each, index) => ({ relay: sealedRelay(`https://${index}.example`), state: state(each) })),
    NOTHING,
  )

test('what one relay has confirmed does not wait, whatever the others lack', () => {
  const { documents } = unsentEverywhere([lacking('a', 'b'), lacking('b', 'c')])
  expect([...documents]).toEqual(['b'])
  expect([...unsentEverywhere([lacking('a'), NOTHING]).documents]).toEqual([])
  expect([...unsentEverywhere([]).documents]).toEqual([])
})

test('what waits is held where the service worker has it for any relay', () => {
  const { held } = unsentEverywhere([
    lacking('a', 'b', 'c'),
    { documents: new Set(['a', 'b']), held: new Set(['b']) },
  ])
  expect([...held]).toEqual(['b'])
})

test('a note and its line in the index are one change', () => {
  expect(stateOfAll([], lacking('note', HOME_DOCUMENT)).waiting).toBe(1)
  expect(stateOfAll([], lacking(HOME_DOCUMENT)).waiting).toBe(1)
})

test('one relay that is connected speaks for all; a refusal only where no other can be hoped for', () => {
  const refused = { phase: 'refused', refusal: { code: 'scope', message: 'No.' } } as const
  expect(at({ link: refused }, { link: { phase: 'open' } }).link.phase).toBe('open')
  expect(at({ link: refused }, { link: { phase: 'waiting' } }).link.phase).toBe('waiting')
  expect(at({ link: refused }, { link: refused }).link).toBe(refused)
})

test('what a relay that is away had still to be compared says nothing', () => {
  expect(at({ link: { phase: 'waiting' }, remaining: 9, caughtUp: false }, {})).toMatchObject({
    remaining: 0,
    caughtUp: true,
  })
})

test('a receipt and a device count by whichever relay knows more', () => {
  const relayed = { relay: 'https://0.example', at: 1 }
  expect(
    receiptOfAll([
      { relayed: null, handedTo: null, delivered: [], others: 2 },
      { relayed, handedTo: null, delivered: ['x'], others: 2 },
    ]),
  ).toEqual({ relayed, handedTo: null, delivered: ['x'], others: 2 })
  expect(receiptOfAll([null, null])).toBeNull()
  const device = { id: 'x', self: false, seenAt: null, behind: null }
  expect(devicesOfAll([[device], [{ ...device, seenAt: 4, behind: 1 }], [{ ...device, behind: 0 }]])).toEqual(
    [{ ...device, seenAt: 4, behind: 0 }],
  )
})

test('the same bad change at two relays is told once', () => {
  const entry = { document: 'd', reason: 'envelope-signature', count: 1 }
  expect(setAsideOfAll([{ setAside: [entry] }, { setAside: [{ ...entry, count: 2 }] }])).toEqual([
    { ...entry, count: 2 },
  ])
})
