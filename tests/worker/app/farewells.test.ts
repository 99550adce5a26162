import { expect, test, vi } from 'vitest'
import { createFarewells } from '../../../worker/app/farewells.ts'
import { sealedRelay } from '../../../worker/storage/stored-relay.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { peopleOf, twoPeople } from '../../support/two-people.ts'
import { shownNames } from '../../support/worker-app.ts'
import { must } from '../notes/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

test('whoever leaves without a network is out for the others once a relay is reached, by the next worker too', async () => {
  const { ann, ben, disk, startBen, ours, goOffline, goOnline } = await twoPeople()
  await peopleOf(ann, ({ people }) => people.length === 2)
  goOffline()
  expect(must(await ben.ask({ type: 'leave-workspace', target: ours, keepCopy: false }))).toMatchObject({
    told: 'later',
  })
  expect(await shownNames(ben)).toEqual(['[Personal]'])
  await ben.stop()
  const again = await startBen(disk)
  must(await again.ask({ type: 'wake' }))
  goOnline()
  must(await again.ask({ type: 'wake' }))
  expect((await peopleOf(ann, ({ people }) => people.length === 1)).people[0]?.name).toBe('Ann')
  await expect.poll(() => again.store.note('farewells')).toBeUndefined()
  await again.stop()
  await ann.stop()
})

test('whoever comes back before the others heard that they left stays in', async () => {
  const { ann, ben, join, ours, goOffline, goOnline } = await twoPeople()
  goOffline()
  must(await ben.ask({ type: 'leave-workspace', target: ours, keepCopy: false }))
  goOnline()
  expect(await join(ben)).toBe(ours)
  must(await ben.ask({ type: 'wake' }))
  must(await ben.ask({ type: 'create-note', text: 'Here again' }))
  const tab = await ann.openTab()
  await tab.see({ view: 'notes', place: 'notes', filter: '', limit: 9 }, ({ rows }) => rows.length === 1)
  tab.close()
  expect((await peopleOf(ann, ({ people }) => people.length > 0)).people).toHaveLength(2)
  await ben.stop()
  await ann.stop()
})

test('whatever is left is told by itself after a while, also what is left later', async () => {
  const notes = new Map<string, string>()
  const clock = createManualClock()
  const farewells = createFarewells({
    self: 'this device',
    clock,
    store: {
      note: async name => notes.get(name),
      setNote: async (name, text) => void (text === null ? notes.delete(name) : notes.set(name, text)),
    },
    fetch: async () =>
      Response.json({ error: { code: 'unknown-workspace', message: 'It is not here.' } }, { status: 404 }),
  })
  for (const id of ['first', 'second']) {
    const left = { id, statements: () => [], relays: () => [sealedRelay('https://relay.example')] }
    expect(await farewells.keep(left)).toBe(true)
    expect(notes.get('farewells')).toContain(id)
    await clock.pass(6 * 60_000)
    await expect.poll(() => notes.get('farewells')).toBeUndefined()
  }
  farewells.close()
})
