import { expect, test } from 'vitest'
import { dots, median, roundTop, stepPath } from '../../../src/sync/chart-path.ts'
import { matching } from '../../../src/sync/search-log.ts'

const FRAME = { begin: 100, end: 200, top: 10, width: 300, height: 60 }
const at = (time: number, value: number) => ({ at: time, value })

test('a value holds until it changes, from before the frame up to its end', () => {
  expect(stepPath([at(50, 5), at(150, 0)], FRAME)).toBe('M0 30H150V60H300')
  expect(stepPath([], FRAME)).toBe('')
})

test('single values are dots, those of before are not shown', () => {
  expect(dots([at(50, 5), at(150, 10)], FRAME)).toEqual([[150, 0]])
})

test('the scale ends at a round number that is high enough', () => {
  expect([roundTop([], 50), roundTop([at(0, 51)], 50), roundTop([at(0, 230)], 50)]).toEqual([50, 100, 500])
})

test('the median is one of the values', () => {
  expect([median([]), median([3]), median([9, 1, 5]), median([1, 2, 3, 4])]).toEqual([null, 3, 5, 2])
})

test('the log is searched for all words, in any order, newest first', () => {
  const event = (id: number, text: string) => ({ id, at: id, kind: 'sent', text }) as const
  const events = [event(1, 'Sent 5 bytes of note abc'), event(2, 'Sent 9 bytes of the index')]
  expect(matching(events, '').map(({ id }) => id)).toEqual([2, 1])
  expect(matching(events, 'NOTE sent').map(({ id }) => id)).toEqual([1])
  expect(matching(events, 'nothing')).toEqual([])
})
