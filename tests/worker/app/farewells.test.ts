import { expect, test, vi } from 'vitest'
import type { PeopleValue } from '../../../protocol/people.ts'
import { openWebSocket } from '../../../worker/platform/relay-socket.ts'
import type { Fetch } from '../../../worker/sync/relay/relay-http.ts'
import { aRelayHere } from '../../server/support/relay-here.ts'
import {
  type DeviceDisk,
  newDisk,
  shownNames,
  startWorkerApp,
  type WorkerApp,
} from '../../support/worker-app.ts'
import { must } from '../notes/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

const peopleOf = async (app: WorkerApp, isSo: (value: PeopleValue) => boolean): Promise<PeopleValue> => {
  const tab = await app.openTab()
  const value = await tab.see({ view: 'people' }, isSo)
  tab.close()
  return value
}
const waitForSync = async (app: WorkerApp): Promise<void> => {
  const tab = await app.openTab()
  await tab.see({ view: 'sync' }, ({ phase }) => phase === 'synced')
  tab.close()
}

/** Ann, whose workspace is at a relay, and Ben, who is an editor there and whose network can be cut. */
const setup = async () => {
  const relay = await aRelayHere()
  let isCut = false
  const network: Fetch = (address, init) =>
    address.startsWith('/') ? Promise.reject(new TypeError('No service worker.')) : fetch(address, init)
  const cutNetwork: Fetch = (address, init) =>
    isCut ? Promise.reject(new TypeError('Offline.')) : network(address, init)
  const startBen = (disk: DeviceDisk) =>
    startWorkerApp(disk, {
      fetch: cutNetwork,
      openSocket: (...line) => {
        if (isCut) throw new Error('Offline.')
        return openWebSocket(...line)
      },
    })
  const ann = await startWorkerApp(newDisk(), { openSocket: openWebSocket, fetch: network })
  must(await ann.ask({ type: 'turn-on-sync', relay: relay.url }))
  await waitForSync(ann)
  const invite = async (): Promise<string> => {
    const name = { person: 'Ann', device: 'Laptop' }
    const terms = { role: 'editor', once: true, days: 1, name } as const
    return must(await ann.ask({ type: 'create-invitation', ...terms })).link
  }
  const disk = newDisk()
  const ben = await startBen(disk)
  must(await ben.ask({ type: 'create-note', text: 'Of Ben' }))
  const join = async (app: WorkerApp): Promise<string> => {
    const source = { link: await invite() }
    must(await app.ask({ type: 'join-workspace', source, name: { person: 'Ben', device: 'Phone' } }))
    await waitForSync(app)
    return (await app.store.currentWorkspace())!
  }
  return {
    ann,
    ben,
    disk,
    startBen,
    join,
    ours: await join(ben),
    goOffline: () => {
      isCut = true
    },
    goOnline: () => {
      isCut = false
    },
  }
}

test('whoever leaves without a network is out for the others once a relay is reached, by the next worker too', async () => {
  const { ann, ben, disk, startBen, ours, goOffline, goOnline } = await setup()
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
  const { ann, ben, join, ours, goOffline, goOnline } = await setup()
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
