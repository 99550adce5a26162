import { expect, test, vi } from 'vitest'
import type { Role } from '../../../protocol/access/acts.ts'
import type { SyncDetailsValue, SyncValue } from '../../../protocol/sync.ts'
import { type OpenRelaySocket, openWebSocket } from '../../../worker/platform/relay-socket.ts'
import { sealedRelay } from '../../../worker/storage/stored-relay.ts'
import { aRelayHere } from '../../server/support/relay-here.ts'
import { newDisk, shownTitles, startWorkerApp, type WorkerApp } from '../../support/worker-app.ts'
import { must } from '../notes/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

const WITHIN_MS = 15_000
const BEN = { person: 'Ben', device: 'Phone' }

/** The app of one device, from this machine. */
const start = (disk = newDisk(), openSocket = openWebSocket) =>
  startWorkerApp(disk, {
    origin: 'http://localhost:1',
    openSocket,
    fetch: (address, init) =>
      address.startsWith('/') ? Promise.reject(new TypeError('No service worker.')) : fetch(address, init),
  })

const syncOf = async (
  app: WorkerApp,
  isSo: (value: SyncValue) => boolean = () => true,
): Promise<SyncValue> => {
  const tab = await app.openTab()
  const value = await tab.see({ view: 'sync' }, isSo)
  tab.close()
  return value
}
const detailsOf = async (
  app: WorkerApp,
  isSo: (value: SyncDetailsValue) => boolean = () => true,
): Promise<SyncDetailsValue> => {
  const tab = await app.openTab()
  const value = await tab.see({ view: 'sync-details' }, isSo)
  tab.close()
  return value
}

const originsOf = ({ relays }: SyncValue): string[] => relays.map(({ origin }) => origin)

/** The device uses these relays, in whatever order, and all of them have everything. */
const usesFully = async (app: WorkerApp, ...urls: string[]): Promise<void> => {
  await syncOf(
    app,
    value =>
      originsOf(value).toSorted().join() === urls.toSorted().join() &&
      value.relays.every(({ phase }) => phase === 'synced'),
  )
}
const hasTitle = (app: WorkerApp, title: string): Promise<void> =>
  vi.waitFor(async () => expect(await shownTitles(app)).toContain(title), WITHIN_MS)

const add = (app: WorkerApp, address: string) => app.ask({ type: 'add-relay', address })
const remove = (app: WorkerApp, origin: string, onlyHere = false) =>
  app.ask({ type: 'remove-relay', origin, ...(onlyHere && { onlyHere }) })

/** An owner's device at the first of some relays. Others come by an invitation there. */
const setup = async (relays = 2, sockets = openWebSocket) => {
  const urls = await Promise.all(Array.from({ length: relays }, () => aRelayHere()))
  const ana = await start(newDisk(), sockets)
  must(await ana.ask({ type: 'create-note', text: 'Kelp' }))
  must(await ana.ask({ type: 'turn-on-sync', relay: urls[0]!.url }))
  await usesFully(ana, urls[0]!.url)
  const come = async (role: Role | null, app: Promise<WorkerApp> = start()): Promise<WorkerApp> => {
    const invitation = { type: 'create-invitation', role, once: true, days: 1 } as const
    const { link } = must(await ana.ask(invitation))
    const comer = await app
    must(await comer.ask({ type: 'join-workspace', source: { link }, name: BEN }))
    await hasTitle(comer, 'Kelp')
    return comer
  }
  const [first, second, third] = urls
  return { ana, come, first: first!, second: second!, third: third! }
}

const stop = async (...apps: WorkerApp[]): Promise<void> => {
  for (const app of apps) await app.stop()
}

test('a relay that an owner adds is used by every device that hears of it, and says who added it', async () => {
  const { ana, come, first, second } = await setup()
  const ben = await come('reader')
  must(await add(ana, second.url))
  await usesFully(ana, first.url, second.url)
  await usesFully(ben, first.url, second.url)
  const tab = await ben.openTab()
  const { people } = await tab.see({ view: 'people' }, value => value.people.length === 2)
  tab.close()
  const { relays } = await detailsOf(ben)
  const owner = people.find(({ role }) => role === 'owner')!
  expect(relays.map(({ origin, named }) => [origin, named?.by])).toEqual([
    [first.url, owner.person],
    [second.url, owner.person],
  ])
  await first.stop()
  must(await ana.ask({ type: 'create-note', text: 'Dulse' }))
  await hasTitle(ben, 'Dulse')

  const cleo = await come('editor') // by the one that is left: the first is learnt from the statements
  expect(originsOf(await syncOf(cleo)).toSorted()).toEqual([first.url, second.url].toSorted())
  await stop(ana, ben, cleo)
})

test('a reader, who can fill no relay, sees that others have filled it', async () => {
  let held = ''
  const sockets: OpenRelaySocket = (address, protocols, handlers) => {
    if (held === '' || !address.includes(held)) return openWebSocket(address, protocols, handlers)
    queueMicrotask(() => handlers.closed(1006, ''))
    return { send: () => undefined, close: () => undefined }
  }
  const { ana, come, first, second } = await setup(2, sockets)
  const ben = await come('reader')
  held = new URL(second.url).host
  must(await add(ana, second.url))
  await syncOf(ben, ({ relays }) =>
    relays.some(({ origin, phase }) => origin === second.url && phase === 'syncing'),
  )
  held = ''
  await usesFully(ana, first.url, second.url)
  await usesFully(ben, first.url, second.url)
  await stop(ana, ben)
})

test('one that is taken away is left by all, and what waited for it goes to the others', async () => {
  const { ana, come, first, second } = await setup()
  const ben = await come('editor')
  must(await add(ana, second.url))
  await usesFully(ben, first.url, second.url)
  await first.stop()
  must(await ben.ask({ type: 'create-note', text: 'Dulse' }))
  must(await remove(ana, first.url))
  await usesFully(ana, second.url)
  await usesFully(ben, second.url)
  await hasTitle(ana, 'Dulse')
  await stop(ana, ben)
})

test('whoever was away all the while finds the new relay by the old one, and leaves that', async () => {
  const { ana, come, first, second } = await setup()
  const disk = newDisk()
  const before = await come('editor', start(disk))
  must(await before.ask({ type: 'create-note', text: 'Of Ben' }))
  await usesFully(before, first.url)
  await before.stop()
  must(await add(ana, second.url))
  await usesFully(ana, first.url, second.url)
  must(await remove(ana, first.url))
  await usesFully(ana, second.url)
  must(await ana.ask({ type: 'create-note', text: 'Dulse' }))
  const ben = await start(disk)
  await usesFully(ben, second.url)
  await hasTitle(ben, 'Dulse')
  await hasTitle(ana, 'Of Ben')
  await stop(ana, ben)
})

test('an editor adds and removes relays for the own device, and for nobody else', async () => {
  const { ana, come, first, second } = await setup()
  const disk = newDisk()
  let ben = await come('editor', start(disk))
  must(await add(ben, second.url))
  await usesFully(ben, first.url, second.url)
  expect((await detailsOf(ben)).relays.map(({ named }) => named !== null)).toEqual([true, false])
  must(await remove(ben, first.url))
  await usesFully(ben, second.url)
  const left = [{ address: first.url, why: 'left' }]
  expect((await detailsOf(ben)).unused).toMatchObject(left)
  expect(originsOf(await syncOf(ana))).toEqual([first.url])
  await ben.stop()
  ben = await start(disk)
  await usesFully(ben, second.url)
  expect((await detailsOf(ben)).unused, 'also after a restart').toMatchObject(left)
  must(await add(ben, first.url))
  await usesFully(ben, first.url, second.url)
  expect((await detailsOf(ben)).unused).toEqual([])
  // What only this device used becomes everybody's when somebody says so who may.
  must(await add(ana, second.url))
  await usesFully(ana, first.url, second.url)
  await detailsOf(ben, ({ relays }) => relays.every(({ named }) => named !== null))
  await stop(ana, ben)
})

test('what two say at the same time holds for all, and one of them alone may go on without', async () => {
  const { ana, come, first, second, third } = await setup(3)
  const ben = await come('admin')
  const urls = [first.url, second.url, third.url]
  for (const done of await Promise.all([add(ana, second.url), add(ben, third.url)])) must(done)
  for (const app of [ana, ben]) await usesFully(app, ...urls)
  must(await remove(ana, second.url, true))
  await usesFully(ana, first.url, third.url)
  must(await remove(ben, first.url))
  await usesFully(ana, third.url)
  await usesFully(ben, second.url, third.url)
  await stop(ana, ben)
})

test('the last one is taken away from one device only, whose sync is off then; it does not start by what others add', async () => {
  const { ana, come, first, second } = await setup()
  const ben = await come('editor')
  must(await remove(ana, first.url))
  expect(await syncOf(ana)).toMatchObject({ phase: 'off', relays: [] })
  must(await ana.ask({ type: 'turn-on-sync', relay: first.url }))
  await usesFully(ana, first.url)
  must(await ben.ask({ type: 'turn-off-sync' }))
  must(await add(ana, second.url))
  await usesFully(ana, first.url, second.url)
  expect(await syncOf(ben)).toMatchObject({ phase: 'off', relays: [] })
  must(await ben.ask({ type: 'turn-on-sync', relay: first.url }))
  await usesFully(ben, first.url, second.url)
  await stop(ana, ben)
})

test('an address that a device cannot use is shown there, and is not asked for', async () => {
  const { ana, come, first, second } = await setup()
  const asked: string[] = []
  const elsewhere = startWorkerApp(newDisk(), {
    openSocket: (address, ...rest) => {
      asked.push(address)
      return openWebSocket(address, ...rest)
    },
    fetch: (address, init) => {
      asked.push(address)
      return address.startsWith('/') ? Promise.reject(new TypeError('')) : fetch(address, init)
    },
  })
  const ben = await come('admin', elsewhere)
  must(await add(ana, second.url))
  const { relays, unused } = await detailsOf(ben, value => value.unused.length > 0)
  expect(
    relays.map(({ origin }) => origin),
    'it came by this one',
  ).toEqual([first.url])
  expect(unused).toMatchObject([{ address: second.url, why: 'unusable' }])
  expect(asked.join()).not.toContain(new URL(second.url).host)
  must(await remove(ben, unused[0]!.id))
  await usesFully(ana, first.url)
  await stop(ana, ben)
})

test('a workspace that named none is given those of its owner’s device, once that has met the others', async () => {
  const [first, second] = [await aRelayHere(), await aRelayHere()]
  const disk = newDisk()
  const old = await start(disk)
  const [stored] = await old.store.workspaces()
  await old.stop()
  const relays = [first, second].map(({ url }) => sealedRelay(url))
  const again = await startWorkerApp(disk, {
    ...{ origin: 'http://localhost:1', openSocket: openWebSocket, fetch: (...asked) => fetch(...asked) },
    store: store => {
      const kept = store.workspace
      return {
        ...store,
        workspace: async id => ({ ...(await kept(id))!, ...(id === stored!.id && { relays }) }),
      }
    },
  })
  await usesFully(again, first.url, second.url)
  await detailsOf(again, value => value.relays.every(({ named }) => named !== null))
  await stop(again)
})

test('a plain Yjs server stays a choice of each device', async () => {
  const { ana, come, first } = await setup(1)
  const ben = await come('editor')
  must(await ana.ask({ type: 'add-relay', address: 'ws://localhost:9', trusted: true }))
  expect((await detailsOf(ana)).relays.map(({ trusted, named }) => [trusted, named !== null])).toEqual([
    [false, true],
    [true, false],
  ])
  must(await ana.ask({ type: 'create-note', text: 'Dulse' }))
  await hasTitle(ben, 'Dulse')
  expect(originsOf(await syncOf(ben))).toEqual([first.url])
  await stop(ana, ben)
})
