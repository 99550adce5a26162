import type { PeopleValue } from '../../protocol/people.ts'
import type { SyncValue } from '../../protocol/sync.ts'
import { openWebSocket } from '../../worker/platform/relay-socket.ts'
import type { Fetch } from '../../worker/sync/relay/relay-http.ts'
import { aRelayHere } from '../server/support/relay-here.ts'
import { must } from '../worker/notes/setup.ts'
import { type DeviceDisk, newDisk, startWorkerApp, type WorkerApp } from './worker-app.ts'

export const peopleOf = async (
  app: WorkerApp,
  isSo: (value: PeopleValue) => boolean,
): Promise<PeopleValue> => {
  const tab = await app.openTab()
  const value = await tab.see({ view: 'people' }, isSo)
  tab.close()
  return value
}
export const syncOf = async (app: WorkerApp, isSo: (value: SyncValue) => boolean): Promise<SyncValue> => {
  const tab = await app.openTab()
  const value = await tab.see({ view: 'sync' }, isSo)
  tab.close()
  return value
}
const isSynced = ({ phase }: SyncValue): boolean => phase === 'synced'

/** Ann, whose workspace is at a relay, and Ben, who is an editor there and whose network can be cut or held up. */
export const twoPeople = async () => {
  const relay = await aRelayHere()
  let isCut = false
  /** What the relay says to Ben and he has not heard yet; null where he hears at once. */
  let unheard: (() => void)[] | null = null
  const network: Fetch = (address, init) =>
    address.startsWith('/') ? Promise.reject(new TypeError('No service worker.')) : fetch(address, init)
  const cutNetwork: Fetch = (address, init) =>
    isCut ? Promise.reject(new TypeError('Offline.')) : network(address, init)
  const startBen = (disk: DeviceDisk) =>
    startWorkerApp(disk, {
      fetch: cutNetwork,
      openSocket: (address, protocols, handlers) => {
        if (isCut) throw new Error('Offline.')
        return openWebSocket(address, protocols, {
          ...handlers,
          received: bytes => {
            if (unheard) unheard.push(() => handlers.received(bytes))
            else handlers.received(bytes)
          },
        })
      },
    })
  const ann = await startWorkerApp(newDisk(), { openSocket: openWebSocket, fetch: network })
  must(await ann.ask({ type: 'turn-on-sync', relay: relay.url }))
  await syncOf(ann, isSynced)
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
    await syncOf(app, isSynced)
    return (await app.store.currentWorkspace())!
  }
  return {
    ann,
    ben,
    disk,
    startBen,
    join,
    ours: await join(ben),
    holdUp: () => {
      unheard = []
    },
    /** How much the relay has said since. */
    unheard: () => unheard?.length ?? 0,
    hearAll: () => {
      const late = unheard ?? []
      unheard = null
      for (const hear of late) hear()
    },
    goOffline: () => {
      isCut = true
    },
    goOnline: () => {
      isCut = false
    },
  }
}
