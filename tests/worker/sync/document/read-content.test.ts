import { expect, test } from 'vitest'
import { ok } from '../../../../protocol/result.ts'
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
