import { expect, it } from 'vitest'
import type { SyncValue } from '../../../protocol/sync.ts'
import type { ViewMessage } from '../../../protocol/view-messages.ts'
import { keepBackgroundSync } from '../../../src/sync/background-sync.ts'
import { createViewFeed } from '../../../src/views/view-feed.ts'

const setup = ({ controlled = true } = {}) => {
  const feed = createViewFeed()
  const receive = feed.attach(() => {})
  const registered: string[] = []
  const requested: string[] = []
  keepBackgroundSync({
    feed,
    registration: Promise.resolve({ scope: '/', sync: { register: async tag => void registered.push(tag) } }),
    controlled: () => controlled,
    request: async path => void requested.push(path),
  })
  let version = 0
  const sync = async (value: Partial<SyncValue>) => {
    const message: ViewMessage = { type: 'snapshot', watch: 1, epoch: 'e', version: version++, value }
    receive(message)
    await Promise.resolve()
    await Promise.resolve()
  }
  return { sync, registered, requested }
}

it('asks for nothing while sync is off', async () => {
  const { sync, registered, requested } = setup()
  await sync({ phase: 'off', waiting: 0 })
  expect([...registered, ...requested]).toEqual([])
})

it('registers as soon as something waits, and again when something new does', async () => {
  const { sync, registered } = setup()
  await sync({ phase: 'syncing', waiting: 1 })
  await sync({ phase: 'syncing', waiting: 2 })
  expect(registered).toHaveLength(1)
  await sync({ phase: 'synced', waiting: 0 })
  await sync({ phase: 'offline', waiting: 1 })
  expect(registered).toHaveLength(2)
})

it('lets the service worker drain once when the app opens', async () => {
  const { sync, requested } = setup()
  await sync({ phase: 'connecting', waiting: 0 })
  await sync({ phase: 'synced', waiting: 0 })
  expect(requested).toEqual(['/outbox/'])
})

it('sends nothing to the server where no service worker is in between', async () => {
  const { sync, requested } = setup({ controlled: false })
  await sync({ phase: 'synced', waiting: 0 })
  expect(requested).toEqual([])
})
