import { expect, test } from 'vitest'
import { type Holdings, storedPosition } from '../../../../worker/sync/devices/stored-position.ts'

const clean = (position: number, log = 'L') => ({ clean: { log, position } })
const holdings = (change: Partial<Holdings> = {}): Holdings => ({
  log: 'L',
  covered: 50,
  named: new Map(),
  open: new Map(),
  pending: [],
  known: new Map(),
  isDeleted: () => false,
  ...change,
})
const quiet = (position: number) => ({ position, quiet: true })
const busy = (position: number) => ({ position, quiet: false })

test.each<[string, Partial<Holdings>, number]>([
  ['with nothing under way all that was named is stored', { known: new Map([['a', clean(20)]]) }, 50],
  ['an open document at rest keeps nothing back', { open: new Map([['a', quiet(20)]]) }, 50],
  ['one with something under way ends it where its own part ends', { open: new Map([['a', busy(20)]]) }, 20],
  [
    'so does one that was named and whose content is still to come',
    { open: new Map([['a', quiet(20)]]), named: new Map([['a', 31]]) },
    20,
  ],
  [
    'what waits for its turn counts as far as it was stored before',
    { pending: ['a'], known: new Map([['a', clean(30)]]) },
    30,
  ],
  ['what was never here counts as nothing', { pending: ['new'] }, 0],
  ['what may differ from the log counts as nothing', { known: new Map([['a', { clean: null }]]) }, 0],
  ['what was compared with another log counts as nothing', { known: new Map([['a', clean(40, 'M')]]) }, 0],
  [
    'what was deleted for good is not missed',
    { known: new Map([['a', { clean: null }]]), isDeleted: () => true },
    50,
  ],
])('SYNC-1: %s', (_, change, position) => {
  expect(storedPosition(holdings(change))).toBe(position)
})
