import { expect, test } from 'vitest'
import { fail, ok } from '../../../../protocol/result.ts'
import { type ReadEntry, readContent } from '../../../../worker/sync/document/read-content.ts'
import { marksOfNewLog } from '../../../../worker/sync/document/relay-marks.ts'

const HOW = { session: 'this session', auditing: true, covers: () => true }

const entryAt = (position: number): ReadEntry => ({
  entry: { position, envelope: new Uint8Array(100) },
  opened: ok({
    id: `another session.${position}`,
    session: 'another session',
    previous: new Uint8Array(32),
    fingerprint: new Uint8Array(32).fill(position),
    update: Uint8Array.of(position),
    heads: null,
    isForAll: true,
  }),
})

test('what a relay repeats counts once: a snapshot in its place names each entry once', () => {
  const [first, second] = [entryAt(1), entryAt(3)]
  const { positions, updates, marks } = readContent(marksOfNewLog('log'), [first, first, second, second], HOW)
  expect(positions).toEqual([1, 3])
  expect(updates).toHaveLength(2)
  expect(marks.weight).toMatchObject({ entries: 2, bytes: 200 })
})

test('SYNC-8, RLY-10: a wrong signature comes to what any member can sign that nobody can open', () => {
  const marksAfter = (code: string) => {
    const bad: ReadEntry = { ...entryAt(2), opened: fail(code, 'It was not opened.') }
    const how = { ...HOW, auditing: false }
    return readContent(marksOfNewLog('log'), [entryAt(1), bad, entryAt(3)], how)
  }
  const unsigned = marksAfter('envelope-signature')
  expect(unsigned).toEqual({
    ...marksAfter('envelope-sealed'),
    marks: {
      ...marksAfter('envelope-sealed').marks,
      setAside: [{ position: 2, code: 'envelope-signature' }],
    },
  })
  expect(unsigned.updates).toEqual([Uint8Array.of(1), Uint8Array.of(3)])
  expect(unsigned.positions).toEqual([1, 3])
})
