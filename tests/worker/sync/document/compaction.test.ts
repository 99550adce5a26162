import { expect, test } from 'vitest'
import * as Y from 'yjs'
import {
  covers,
  isHeavy,
  isWorthwhile,
  LOG_SLACK_BYTES,
} from '../../../../worker/sync/document/compaction.ts'
import { extendChain, headsOf, withHeads } from '../../../../worker/sync/document/relay-marks.ts'

const KB = 1024

test('a log is read again once it has grown to twice its snapshot and some more, whatever its size', () => {
  for (const snapshot of [0, 1, 100, 1000].map(size => size * KB)) {
    const most = 2 * snapshot + LOG_SLACK_BYTES
    expect(isHeavy({ entries: 100, bytes: most, snapshot }, LOG_SLACK_BYTES)).toBe(false)
    expect(isHeavy({ entries: 100, bytes: most + 1, snapshot }, LOG_SLACK_BYTES)).toBe(true)
  }
  expect(isHeavy({ entries: 1, bytes: 5000 * KB, snapshot: 0 }, LOG_SLACK_BYTES)).toBe(false)
})

test('a snapshot is sent only where it saves enough, and where it fits into an envelope', () => {
  const weight = { entries: 200, bytes: 200 * KB, snapshot: 0 }
  expect(isWorthwhile(weight, 10 * KB, LOG_SLACK_BYTES)).toBe(true)
  expect(isWorthwhile(weight, 180 * KB, LOG_SLACK_BYTES)).toBe(false)
  expect(isWorthwhile({ ...weight, entries: 1 }, 10 * KB, LOG_SLACK_BYTES)).toBe(false)
  expect(isWorthwhile({ ...weight, bytes: 100_000 * KB }, 16_000 * KB, LOG_SLACK_BYTES)).toBe(false)
})

test('a snapshot covers a document only with all that it has, deletions included', () => {
  const doc = new Y.Doc()
  doc.getText('t').insert(0, 'abc')
  const all = Y.encodeStateAsUpdate(doc)
  expect(covers(all, doc)).toBe(true)
  doc.getText('t').delete(1, 1)
  expect(covers(all, doc)).toBe(false)
  const withDeletion = Y.encodeStateAsUpdate(doc)
  expect(covers(withDeletion, doc)).toBe(true)
  doc.getText('t').insert(0, 'x')
  expect(covers(withDeletion, doc)).toBe(false)
  const more = new Y.Doc()
  Y.applyUpdate(more, Y.encodeStateAsUpdate(doc))
  more.getText('t').insert(0, 'y')
  expect(covers(Y.encodeStateAsUpdate(more), doc)).toBe(true)
})

test('whoever begins with a snapshot takes what it covers for seen, and notices a real gap all the same', () => {
  const hash = (n: number): Uint8Array => new Uint8Array(32).fill(n)
  const envelope = (previous: number, own: number) => ({
    session: 'AAAAAAAAAAAAAAAAAAAAAg',
    previous: hash(previous),
    fingerprint: hash(own),
  })
  const writers = [envelope(0, 1), envelope(1, 2), envelope(2, 3)].reduce(
    (chains, next) => extendChain(chains, next, true).chains,
    {},
  )
  const readers = withHeads({}, headsOf(writers))
  expect(extendChain(readers, envelope(3, 4), true).broken).toBe(false)
  expect(extendChain(readers, envelope(9, 10), true).broken).toBe(true)
})
