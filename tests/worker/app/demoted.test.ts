import { expect, test, vi } from 'vitest'
import { peopleOf, syncOf, twoPeople } from '../../support/two-people.ts'
import { shownTitles } from '../../support/worker-app.ts'
import { must } from '../notes/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

test('whoever becomes a reader while their words are on the way reads on, and writes on once they may again', async () => {
  const { ann, ben, holdUp, unheard, hearAll } = await twoPeople()
  const { people } = await peopleOf(ann, value => value.people.length === 2)
  const person = people.find(({ isMe }) => !isMe)!.person
  holdUp()
  must(await ann.ask({ type: 'set-role', person, role: 'reader' }))
  must(await ben.ask({ type: 'create-note', text: 'Too late' }))
  await expect.poll(unheard, { timeout: 20_000 }).toBeGreaterThan(1)
  hearAll()
  await peopleOf(ben, ({ role }) => role === 'reader')
  must(await ann.ask({ type: 'create-note', text: 'For readers' }))
  await expect.poll(() => shownTitles(ben), { timeout: 20_000 }).toContain('For readers')
  expect((await syncOf(ben, () => true)).phase).not.toBe('refused')
  must(await ann.ask({ type: 'set-role', person, role: 'editor' }))
  await expect.poll(() => shownTitles(ann), { timeout: 20_000 }).toContain('Too late')
  await ben.stop()
  await ann.stop()
})
