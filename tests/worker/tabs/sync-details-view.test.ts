import { expect, test } from 'vitest'
import type { SyncEvent } from '../../../protocol/sync.ts'
import { createHub } from './setup.ts'

const event = (id: number): SyncEvent => ({ id, at: id, kind: 'sent', text: `event ${id}` })

test('TAB-2: events are sent once, and the rest only when it changed', async () => {
  const { openTab, details } = await createHub()
  details.set({}, event(1))
  const tab = openTab()
  tab.watch(1, { view: 'sync-details' })
  expect(await tab.news()).toMatchObject([{ type: 'snapshot', value: { events: [event(1)], relays: [] } }])
  tab.received(1)
  details.set({}, event(2), event(3))
  await new Promise(resolve => setImmediate(resolve))
  const [delta] = [...(await tab.news()), ...(await later(tab))]
  expect(delta).toMatchObject({ type: 'delta', changes: { events: [event(2), event(3)] } })
  expect(Object.keys((delta as { changes: object }).changes)).toEqual(['events'])
  tab.received(1)
  details.set({ queue: { waiting: ['n'], held: [], remaining: 0 } })
  const [facts] = await later(tab)
  expect(facts).toMatchObject({ changes: { events: [], queue: { waiting: ['n'] } } })
})

test('while nothing changes nothing is sent, and while the page is closed nothing is computed', async () => {
  const { openTab, details } = await createHub()
  const tab = openTab()
  tab.watch(1, { view: 'sync-details' })
  await tab.news()
  tab.received(1)
  details.set({})
  expect(await later(tab)).toEqual([])
  tab.unwatch(1)
  await tab.news()
  const before = details.asked()
  details.set({ queue: { waiting: ['n'], held: [], remaining: 0 } }, event(1))
  expect(await later(tab)).toEqual([])
  expect(details.asked()).toBe(before)
})

/** Past the time in which changes are gathered. */
const later = async (tab: { news(): Promise<unknown[]> }): Promise<unknown[]> => {
  const news = []
  for (let passed = 0; passed < 600; passed += 100) news.push(...(await tab.news()))
  return news
}
