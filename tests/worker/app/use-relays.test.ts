import { expect, test, vi } from 'vitest'
import type { SyncValue } from '../../../protocol/sync.ts'
import { openWebSocket } from '../../../worker/platform/relay-socket.ts'
import { aRelayHere } from '../../server/support/relay-here.ts'
import { newDisk, startWorkerApp } from '../../support/worker-app.ts'
import { must } from '../notes/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

/** A device whose workspace is at two relays. */
const setup = async () => {
  const relays = [await aRelayHere(), await aRelayHere()] as const
  const app = await startWorkerApp(newDisk(), {
    openSocket: openWebSocket,
    fetch: (address, init) =>
      address.startsWith('/') ? Promise.reject(new TypeError('No service worker.')) : fetch(address, init),
  })
  const [first, second] = relays.map(({ url }) => url)
  must(await app.ask({ type: 'turn-on-sync', relay: first! }))
  must(await app.ask({ type: 'add-relay', address: second! }))
  const tab = await app.openTab()
  const sync = (isSo: (value: SyncValue) => boolean) => tab.see({ view: 'sync' }, isSo)
  await sync(({ relays }) => relays.length === 2 && relays.every(({ phase }) => phase === 'synced'))
  return { app, first: first!, second: second!, sync }
}

test('sync that is turned off while a relay is removed is off', async () => {
  const { app, first, sync } = await setup()
  const both = [app.ask({ type: 'remove-relay', origin: first }), app.ask({ type: 'turn-off-sync' })] as const
  for (const answer of await Promise.all(both)) must(answer)
  expect(await sync(({ relays }) => relays.length === 0)).toMatchObject({ phase: 'off' })
  await app.stop()
})

test('of two relays that are removed at once none is left', async () => {
  const { app, first, second, sync } = await setup()
  const both = [first, second].map(origin => app.ask({ type: 'remove-relay', origin }))
  for (const answer of await Promise.all(both)) must(answer)
  expect(await sync(({ phase }) => phase === 'off')).toMatchObject({ relays: [] })
  await app.stop()
})
