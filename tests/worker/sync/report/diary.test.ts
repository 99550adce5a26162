import { expect, test } from 'vitest'
import { SYNC_EVENTS_KEPT } from '../../../../protocol/sync.ts'
import { CHART_MS, createDiary } from '../../../../worker/sync/report/diary.ts'
import { createManualClock } from '../../../support/manual-clock.ts'

test('the last thousand events are kept, each under a number of its own', () => {
  const diary = createDiary(createManualClock())
  for (let n = 1; n <= SYNC_EVENTS_KEPT + 5; n += 1) diary.note('sent', `event ${n}`)
  const events = diary.events()
  expect(events).toHaveLength(SYNC_EVENTS_KEPT)
  expect([events[0]!.id, events.at(-1)!.id]).toEqual([6, SYNC_EVENTS_KEPT + 5])
  expect(diary.events()).toBe(events)
})

test('charts show the last minutes, and where the line came in from', async () => {
  const clock = createManualClock()
  const diary = createDiary(clock)
  diary.queue(3)
  await clock.pass(1_000)
  diary.queue(2)
  diary.queue(2)
  await clock.pass(CHART_MS + 1)
  diary.queue(0)
  expect(diary.charts().queue.map(({ value }) => value)).toEqual([2, 0])
})

test('an empty queue that stays empty is no news', () => {
  const diary = createDiary(createManualClock())
  let news = 0
  diary.onChange(() => {
    news += 1
  })
  diary.queue(0)
  expect([diary.charts().queue, news]).toEqual([[], 0])
})
