import { expect, test } from 'vitest'
import type { SetAside } from '../../../../worker/sync/document/relay-marks.ts'
import {
  asAnswered,
  troubleCount,
  waitsForMembers,
  wantAfter,
  withoutGone,
} from '../../../../worker/sync/document/set-aside.ts'

const bad = (position: number): SetAside => ({ position, code: 'envelope-sealed' })
const WELL = { setAside: [], missing: 0 }
const how = { wasPending: false, isPending: false, auditing: false, newName: () => 'new' }

test('SYNC-8: what is bad is wanted under one name until it was answered', () => {
  const first = { setAside: [bad(1)], missing: 0 }
  const second = { setAside: [bad(1), bad(2)], missing: 0 }
  expect(wantAfter({ ...WELL, want: null }, first, how)).toBe('new')
  expect(wantAfter({ ...first, want: 'old' }, second, how)).toBe('old')
  expect(wantAfter({ ...first, want: 'old' }, first, how)).toBe('old')
  expect(wantAfter({ ...first, want: 'old' }, WELL, how)).toBeNull()
  const answered = { setAside: asAnswered([bad(1)]), missing: 0 }
  expect(wantAfter({ ...answered, want: null }, answered, how)).toBeNull()
  const worse = { setAside: [...answered.setAside, bad(2)], missing: 0 }
  expect(wantAfter({ ...answered, want: null }, worse, how)).toBe('new')
})

test('SYNC-8: a gap is wanted only where content waits for it, and not because the log is read once more', () => {
  const gap = { setAside: [], missing: 1 }
  const waiting = { ...how, wasPending: true, isPending: true }
  expect(wantAfter({ ...WELL, want: null }, gap, how)).toBeNull()
  expect(wantAfter({ ...WELL, want: null }, gap, waiting)).toBe('new')
  expect(wantAfter({ ...WELL, want: null }, gap, { ...waiting, auditing: true })).toBeNull()
  expect(wantAfter({ ...gap, want: 'old' }, gap, waiting)).toBe('old')
  expect(wantAfter({ ...gap, want: null }, gap, { ...how, isPending: true })).toBe('new')
})

test('SYNC-8: what was answered, and gaps, count only as long as content waits for something', () => {
  const trouble = { setAside: [...asAnswered([bad(1)]), bad(2)], missing: 3 }
  expect([troubleCount(trouble, false), troubleCount(trouble, true)]).toEqual([1, 5])
})

test('what an audit did not find bad any more is forgotten, and wanted no more', () => {
  const before = { setAside: [bad(1), bad(2)], want: 'name' }
  expect(withoutGone(before, new Set([1, 2]))).toBeNull()
  expect(withoutGone(before, new Set([2]))).toEqual({ setAside: [bad(2)], want: 'name' })
  expect(withoutGone(before, new Set())).toEqual({ setAside: [], want: null })
})

test('what was not known of members and keys is read again once something new is said of them', () => {
  const trouble = (code: string) => ({ setAside: [{ position: 1, code }], missing: 0 })
  expect(waitsForMembers(trouble('envelope-keys'))).toBe(true)
  expect(waitsForMembers(trouble('envelope-member'))).toBe(true)
  expect(waitsForMembers(trouble('envelope-signature'))).toBe(false)
  expect(waitsForMembers({ setAside: [], missing: 3 })).toBe(false)
  expect(waitsForMembers({ setAside: [], missing: 0, late: 1 })).toBe(true)
})
