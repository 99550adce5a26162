import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { Hello } from '../../../../protocol/relay-messages.ts'
import { documentState } from '../../../../worker/documents/document-state.ts'
import {
  marksOfAudit,
  marksOfNewLog,
  type RelayMarks,
  resumableFrom,
} from '../../../../worker/sync/document/relay-marks.ts'

const acknowledged = documentState(new Y.Doc())
const MARKS: RelayMarks = {
  ...marksOfNewLog('the log'),
  cursor: { position: 7, stamp: 'stamp' },
  acknowledged,
}
const HELLO: Hello = {
  type: 'hello',
  protocol: 1,
  log: 'the log',
  head: { position: 9, stamp: 'later' },
  generation: 0,
  access: 'all',
}
const bad = { position: 3, code: 'envelope-sealed' }

test('a log is read on where it was left', () => {
  expect(resumableFrom(MARKS, HELLO)).toBe(acknowledged)
})

test.each<[string, RelayMarks | null, Partial<Hello>]>([
  ['nothing is known of it', null, {}],
  ['it is another log', MARKS, { log: 'another' }],
  ['it is shorter', MARKS, { head: { position: 6, stamp: 'earlier' } }],
  ['an audit was not ended', { ...MARKS, acknowledged: null }, {}],
  ['an audit is due', { ...MARKS, auditDue: true }, {}],
  ['something in it could not be read', { ...MARKS, setAside: [bad] }, {}],
  ['something in it could be read by others only', { ...MARKS, setAside: [{ ...bad, answered: true }] }, {}],
  ['something in it is missing', { ...MARKS, missing: 1 }, {}],
])('SYNC-4: a log is audited where %s', (_why, marks, hello) => {
  expect(resumableFrom(marks, { ...HELLO, ...hello })).toBeNull()
})

test('SYNC-8: an audit keeps in mind what was bad in this log, and in no other', () => {
  const before = { ...MARKS, setAside: [bad], want: 'name', weight: { entries: 4, bytes: 400, snapshot: 90 } }
  const weight = { entries: 0, bytes: 0, snapshot: 90 }
  const same = marksOfAudit(before, 'the log')
  expect(same).toEqual({ ...marksOfNewLog('the log'), setAside: [bad], want: 'name', weight })
  expect(marksOfAudit(before, 'another')).toEqual({ ...marksOfNewLog('another'), weight })
  expect(marksOfAudit(null, 'the log')).toEqual(marksOfNewLog('the log'))
})
