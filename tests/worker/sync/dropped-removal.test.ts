import 'fake-indexeddb/auto'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { DeviceKeys } from '../../../protocol/device-database.ts'
import { systemClock } from '../../../worker/platform/clock.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import type { OpenRelaySocket } from '../../../worker/platform/relay-socket.ts'
import { sealedRelay } from '../../../worker/storage/stored-relay.ts'
import { createRelayHttp, type Fetch } from '../../../worker/sync/relay/relay-http.ts'
import { createMembership } from '../../../worker/workspace/membership.ts'
import { createWorkspace } from '../../../worker/workspace/workspace.ts'
import { inviteDevices, joinBy, type TestInvitation } from '../../support/membership.ts'
import { createDevice, type DeviceLife, isSynced, textOf } from '../../support/simulated-device.ts'
import { createSimulatedRelay } from '../../support/simulated-relay.ts'
import { createTampering } from '../../support/wire-taps.ts'

/** Stands before a device and keeps back all that is said about the members from some moment on. */
const createKeepingBack = () => {
  /** What the device may know: statements, and what the relay says of them. */
  let known: {
    readonly texts: readonly string[]
    readonly generation: number
    readonly access: string
  } | null
  known = null
  let last = { generation: 0, access: '' }
  let texts: readonly string[] = []
  const sockets =
    (open: OpenRelaySocket): OpenRelaySocket =>
    (address, protocols, handlers) => {
      const tamper = createTampering(message => {
        if (message.type !== 'hello' && message.type !== 'access') return message
        if (known === null) {
          last = { generation: message.generation, access: message.access }
          return message
        }
        const { generation, access } = known
        return message.type === 'hello' ? { ...message, generation, access } : null
      })
      return open(address, protocols, {
        ...handlers,
        received: bytes => {
          const passed = tamper(bytes)
          if (passed) handlers.received(passed)
        },
      })
    }
  const http =
    (fetch: Fetch): Fetch =>
    async (address, init) => {
      const answer = await fetch(address, init)
      if (!address.endsWith('/access') || (init?.method ?? 'GET') !== 'GET' || !answer.ok) return answer
      const { statements } = (await answer.json()) as { statements: readonly string[] }
      if (known === null) texts = statements
      return Response.json({ statements: known?.texts ?? statements })
    }
  return {
    sockets,
    http,
    begin: () => {
      known = { texts, ...last }
    },
    end: () => {
      known = null
    },
  }
}

test('a relay that drops a removal is named, and what was written since is read once it is mended', async () => {
  const relay = await createSimulatedRelay()
  const lives: DeviceLife[] = []
  onTestFinished(async () => {
    for (const life of lives) await life.stop()
    await relay.crash()
  })
  const before = createKeepingBack()
  const start = async (device: Awaited<ReturnType<typeof createDevice>>) => {
    const life = await device.start()
    lives.push(life)
    await life.synced()
    return life
  }
  const ana = await createDevice({
    name: 'dropped removal ana',
    workspace: async keys => ({
      ...(await createWorkspace(keys, systemRandom, systemClock)),
      relays: [sealedRelay(relay.url)],
    }),
  })
  const anas = await start(ana)
  const invited = await inviteDevices({
    workspace: anas.workspace,
    device: ana.keys,
    publish: anas.sync.access.publish,
  })
  if (!invited.ok) throw new Error(invited.error.message)
  const enter = (invitation: TestInvitation) => async (keys: DeviceKeys<CryptoKey>) => {
    const access = createRelayHttp(relay.url, invitation.workspace, fetch)
    const joined = await joinBy(invitation, keys, relay.url, access)
    if (!joined.ok) throw new Error(joined.error.message)
    return joined.value
  }
  const cid = await createDevice({ name: 'dropped removal cid', workspace: enter(invited.value) })
  const ben = await createDevice({ name: 'dropped removal ben', workspace: enter(invited.value), ...before })
  const bens = await start(ben)
  const note = randomId(systemRandom)
  const [hers, his] = await Promise.all([anas.open(note), bens.open(note)])

  // He asks once while all is well, so that whoever stands between has something to repeat.
  await bens.sync.access.refresh()
  before.begin()
  const membership = createMembership({
    workspace: anas.workspace,
    self: ana.keys.device,
    random: systemRandom,
    clock: systemClock,
  })
  expect(await membership.remove([cid.keys.device])).toMatchObject({ ok: true })
  await anas.sync.access.publish()
  hers.doc.getText('text').insert(0, 'only for those who stay')
  const reasons = () => bens.sync.report().setAside.map(({ reason }) => reason)
  await vi.waitFor(() => expect(reasons()).toContain('envelope-keys'), 8_000)
  expect(textOf(his)).toBe('')
  expect(bens.workspace.isMember(cid.keys.device)).toBe(true)

  before.end()
  bens.cut()
  await vi.waitFor(() => expect(textOf(his)).toBe('only for those who stay'), 8_000)
  expect(bens.workspace.isMember(cid.keys.device)).toBe(false)
  await vi.waitFor(() => expect(isSynced(bens.sync) && bens.sync.state().setAside === 0).toBe(true), 8_000)
})
