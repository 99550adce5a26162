import { expect, test, vi } from 'vitest'
import { accessPath, type RefusalAnswer } from '../../../protocol/relay-http.ts'
import type { SyncValue } from '../../../protocol/sync.ts'
import { createSyncCommands } from '../../../worker/app/sync-commands.ts'
import { openWebSocket } from '../../../worker/platform/relay-socket.ts'
import { sealedRelay, trustedServer } from '../../../worker/storage/stored-relay.ts'
import { aRelayHere } from '../../server/support/relay-here.ts'
import { newDisk, shownTitles, startWorkerApp, type WorkerApp } from '../../support/worker-app.ts'
import { must } from '../notes/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

const syncOf = async (app: WorkerApp, isSo: (value: SyncValue) => boolean): Promise<SyncValue> => {
  const tab = await app.openTab()
  const value = await tab.see({ view: 'sync' }, isSo)
  tab.close()
  return value
}
const isSynced = ({ phase }: SyncValue): boolean => phase === 'synced'

/** An owner whose note is at a relay. */
const setup = async () => {
  const relay = await aRelayHere()
  const app = await startWorkerApp(newDisk(), {
    openSocket: openWebSocket,
    fetch: (address, init) =>
      address.startsWith('/') ? Promise.reject(new TypeError('No service worker.')) : fetch(address, init),
  })
  must(await app.ask({ type: 'create-note', text: 'Kelp' }))
  must(await app.ask({ type: 'turn-on-sync', relay: relay.url }))
  await syncOf(app, isSynced)
  const remove = (deleteThere: boolean) =>
    app.ask({ type: 'remove-relay', origin: relay.url, ...(deleteThere && { deleteThere }) })
  /** What the relay says to a statement that it knows; null where it takes it. */
  const saysNow = async (): Promise<string | null> => {
    const [stored] = await app.store.workspaces()
    const body = stored!.statements[0]!
    const headers = { 'content-type': 'application/jose' }
    const answer = await fetch(relay.url + accessPath(stored!.id), { method: 'PUT', body, headers })
    return answer.ok ? null : ((await answer.json()) as RefusalAnswer).error.code
  }
  return { relay, app, remove, saysNow }
}

test('an owner deletes from a relay what it holds and lets go of it; the notes stay, and it can be used again', async () => {
  const { relay, app, remove, saysNow } = await setup()
  must(await remove(true))
  expect(await saysNow()).toBe('workspace-deleted')
  expect(await syncOf(app, () => true)).toMatchObject({ phase: 'off', relays: [] })
  expect(await shownTitles(app)).toEqual(['Kelp'])
  must(await app.ask({ type: 'turn-on-sync', relay: relay.url }))
  await syncOf(app, isSynced)
  expect(await saysNow()).toBeNull()
  await app.stop()
})

test('a relay that is only removed keeps what it has', async () => {
  const { app, remove, saysNow } = await setup()
  must(await remove(false))
  expect(await saysNow()).toBeNull()
  expect((await syncOf(app, () => true)).relays).toEqual([])
  await app.stop()
})

test('one that cannot be reached stays in use, and the person is told', async () => {
  const { relay, app, remove } = await setup()
  await relay.stop()
  const refused = await remove(true)
  expect(refused).toMatchObject({ ok: false, error: { code: 'unreachable' } })
  expect(!refused.ok && refused.error.message).toMatch(/No Holdfast relay answers.*is still used/)
  expect((await syncOf(app, () => true)).relays.map(({ origin }) => origin)).toEqual([relay.url])
  must(await remove(false))
  await app.stop()
})

test.each([
  ['editor', sealedRelay('https://relay.test')],
  ['owner', trustedServer('https://relay.test')],
] as const)(
  'nothing is asked of the server, and it stays, for an %s of a workspace at %o',
  async (role, relay) => {
    const leave = vi.fn()
    const fetch = vi.fn()
    const commands = createSyncCommands({
      wake: () => undefined,
      workspaces: {
        current: () => ({ workspace: { role: () => role, relays: () => [relay] }, relays: { leave } }),
      },
      fetch,
    } as unknown as Parameters<typeof createSyncCommands>[0])
    expect(await commands.removeRelay(relay.origin, { deleteThere: true, onlyHere: false })).toMatchObject({
      error: { code: 'access-denied' },
    })
    expect(leave).not.toHaveBeenCalled()
    expect(fetch).not.toHaveBeenCalled()
  },
)
