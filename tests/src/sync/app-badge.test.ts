import { expect, it } from 'vitest'
import { type Badge, keepAppBadge } from '../../../src/sync/app-badge.ts'
import { createViewFeed } from '../../../src/views/view-feed.ts'

const setup = (badge?: Badge) => {
  const feed = createViewFeed()
  const receive = feed.attach(() => {})
  const shown: number[] = []
  const recording: Badge = {
    setAppBadge: async count => void shown.push(count),
    clearAppBadge: async () => void shown.push(0),
  }
  keepAppBadge(feed, badge ?? recording)
  let version = 0
  const sync = (waiting: number) =>
    receive({ type: 'snapshot', watch: 1, epoch: 'e', version: version++, value: { waiting } })
  return { sync, shown }
}

it('shows how much is unsent, and nothing where all is sent', () => {
  const { sync, shown } = setup()
  for (const waiting of [0, 1, 1, 3, 0]) sync(waiting)
  expect(shown).toEqual([0, 1, 3, 0])
})

it('does without where the browser has no badges, or refuses them', () => {
  expect(() => setup({}).sync(2)).not.toThrow()
  const { sync } = setup({ setAppBadge: () => Promise.reject(new Error('not allowed')) })
  expect(() => sync(2)).not.toThrow()
})
