import 'fake-indexeddb/auto'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../../worker/platform/clock.ts'
import { randomId, systemRandom } from '../../../../worker/platform/random.ts'
import { sealedRelay } from '../../../../worker/storage/stored-relay.ts'
import { createRelayHttp } from '../../../../worker/sync/relay/relay-http.ts'
import type { Sync } from '../../../../worker/sync/sync.ts'
import { createWorkspace } from '../../../../worker/workspace/workspace.ts'
import { inviteDevices, joinBy } from '../../../support/membership.ts'
import { createDevice, type DeviceLife, textOf } from '../../../support/simulated-device.ts'
import { createSimulatedRelay } from '../../../support/simulated-relay.ts'

let worlds = 0

/** Two devices of one workspace on a real relay; the second one does not run yet. */
const setup = async () => {
  worlds += 1
  const relay = await createSimulatedRelay()
  const ana = await createDevice({
    name: `receipts ${worlds} ana`,
    workspace: async keys => ({
      ...(await createWorkspace(keys, systemRandom, systemClock)),
      relays: [sealedRelay(relay.url)],
    }),
  })
  const anas = await ana.start()
  await anas.synced()
  const access = createRelayHttp(relay.url, anas.workspace.id, fetch)
  const invited = await inviteDevices({
    workspace: anas.workspace,
    device: ana.keys,
    publish: anas.sync.access.publish,
  })
  if (!invited.ok) throw new Error(invited.error.message)
  const ben = await createDevice({
    name: `receipts ${worlds} ben`,
    workspace: async keys => {
      const joined = await joinBy(invited.value, keys, relay.url, access)
      if (!joined.ok) throw new Error(joined.error.message)
      return joined.value
    },
  })
  const lives = new Set<DeviceLife>([anas])
  onTestFinished(async () => {
    for (const life of lives) await life.stop()
    await relay.crash()
  })
  const start = async (device: typeof ana) => {
    const life = await device.start()
    lives.add(life)
    return life
  }
  const stop = async (life: DeviceLife) => {
    lives.delete(life)
    await life.stop()
  }
  return { relay, ana, ben, anas, start, stop }
}

const until = (sync: Sync, isSo: () => boolean): Promise<void> =>
  new Promise(resolve => {
    const check = (): void => {
      if (!isSo()) return
      stop()
      resolve()
    }
    const stop = sync.onChange(check)
    check()
  })

const note = randomId(systemRandom)
const write = async (life: DeviceLife, words: string) => {
  const open = await life.open(note)
  open.doc.getText('text').insert(0, words)
  return open
}
const relayed = (life: DeviceLife) => until(life.sync, () => life.sync.receipt(note)?.relayed != null)
const delivered = (life: DeviceLife) =>
  until(life.sync, () => life.sync.receipt(note)?.delivered.length === 1)

test('a note is on the relay once that confirmed it, and on the other device once that has stored it', async () => {
  const { anas, ben, start, relay } = await setup()
  await write(anas, 'one ')
  expect(anas.sync.receipt(note)).toMatchObject({ relayed: null, delivered: [] })
  await relayed(anas)
  expect(anas.sync.receipt(note)).toMatchObject({ relayed: { relay: relay.url }, delivered: [], others: 1 })
  const bens = await start(ben)
  await delivered(anas)
  expect(anas.sync.receipt(note)?.delivered).toEqual([ben.keys.device])
  expect(textOf(await bens.open(note))).toBe('one ')
  const [self, other] = anas.sync.report().devices
  expect([self, other]).toMatchObject([{ self: true }, { id: ben.keys.device, behind: 0 }])
})

test('each further change is delivered anew, and what is on its way is delivered to nobody', async () => {
  const { anas, ben, start } = await setup()
  await write(anas, 'one ')
  const bens = await start(ben)
  await delivered(anas)
  for (const word of ['two ', 'three ', 'four ']) {
    await write(anas, word)
    expect(anas.sync.receipt(note)).toMatchObject({ relayed: null, delivered: [] })
    await delivered(anas)
    expect(textOf(await bens.open(note))).toContain(word)
  }
})

test('a device that is away has not got what is written meanwhile, which is counted, and gets it when it is back', async () => {
  const { anas, ben, start, stop } = await setup()
  await write(anas, 'one ')
  const first = await start(ben)
  await delivered(anas)
  await stop(first)
  await write(anas, 'two ')
  await relayed(anas)
  expect(anas.sync.receipt(note)?.delivered).toEqual([])
  expect(anas.sync.report().devices[1]!.behind).toBeGreaterThan(0)
  await start(ben)
  await delivered(anas)
})

test('receipts survive a restart, also one without a relay', async () => {
  const { anas, ana, ben, start, stop, relay } = await setup()
  await write(anas, 'one ')
  await start(ben)
  await delivered(anas)
  const before = anas.sync.receipt(note)
  await stop(anas)
  const { reachedAt } = anas.sync.state()
  expect(reachedAt).not.toBeNull()
  await relay.crash()
  const again = await start(ana)
  await again.open(note)
  expect(again.sync.state().reachedAt).toBe(reachedAt)
  expect(again.sync.receipt(note)).toEqual(before)
  await relay.start()
  again.sync.wake()
  await again.synced()
  await delivered(again) // as the relay says anew
  expect(again.sync.receipt(note)).toEqual(before)
})

test('a relay that was emptied has nothing any more, until it has', async () => {
  const { anas, ben, start, relay } = await setup()
  await write(anas, 'one ')
  await start(ben)
  await delivered(anas)
  await relay.crash()
  relay.disk.logs.clear()
  await relay.start()
  anas.sync.wake()
  const { log } = anas.sync.slots.others().get(ben.keys.device)!
  await until(anas.sync, () => anas.sync.slots.others().get(ben.keys.device)?.log !== log)
  await delivered(anas)
})

test('what happened is told without content, and how long it took is measured', async () => {
  const { anas } = await setup()
  await write(anas, 'a secret word')
  await relayed(anas)
  const text = JSON.stringify(anas.sync.events())
  expect(text).not.toContain('secret')
  expect(text).toContain('Sent ')
  expect(anas.sync.report().charts.latency.length).toBeGreaterThan(0)
})
