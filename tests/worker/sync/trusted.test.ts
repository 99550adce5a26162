import 'fake-indexeddb/auto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { HOME_DOCUMENT } from '../../../protocol/ids.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import { sealedRelay, trustedServer } from '../../../worker/storage/stored-relay.ts'
import { hasHeard, write } from '../../support/several-relays.ts'
import type { DeviceLife } from '../../support/simulated-device.ts'
import { createSimulatedRelay } from '../../support/simulated-relay.ts'
import { createDevicesAt } from '../../support/simulated-workspace.ts'
import { createYjsServer } from '../../support/yjs-server.ts'

const WITHIN_MS = 10_000

/** Two devices at a stock Yjs server, and where `sealed` says so at a relay of Holdfast too. */
const setup = async (sealed: 'with a relay' | 'alone') => {
  const relay = await createSimulatedRelay()
  const server = await createYjsServer()
  const living = await createDevicesAt(relay.url, 2)
  const trusted = trustedServer(server.url)
  const lives: DeviceLife[] = []
  for (const { device, life } of living) {
    await life.workspace.setRelays(sealed === 'alone' ? [trusted] : [sealedRelay(relay.url), trusted])
    await life.stop()
    lives.push(await device.start())
  }
  if (sealed === 'alone') await relay.crash()
  onTestFinished(async () => {
    for (const life of lives) await life.stop()
    await server.kill()
    if (sealed !== 'alone') await relay.crash().catch(() => undefined)
  })
  const [ana, ben] = lives as [DeviceLife, DeviceLife]
  return { relay, server, ana, ben, note: randomId(systemRandom) }
}

const isHanded = (life: DeviceLife) =>
  vi.waitFor(() => {
    const [trusted] = life.relays.state().relays.filter(({ relay }) => relay.kind === 'trusted')
    expect(trusted?.state).toMatchObject({ link: { phase: 'open' }, caughtUp: true, waiting: 0 })
  }, WITHIN_MS)

/** As the app does with each note: the index names it. */
const name = async (life: DeviceLife, note: string, changed: number) => {
  const home = await life.open(HOME_DOCUMENT)
  home.doc.getMap('named').set(note, changed)
  await home.stored()
  home.release()
}

test('a stock Yjs server carries a workspace between devices, open notes and those that nobody has open', async () => {
  const { ana, ben, note } = await setup('alone')
  await isHanded(ana)
  await isHanded(ben)
  await write(ana, 'Kelp', note)
  await name(ana, note, 1)
  await hasHeard(ben, 'Kelp', note)
  await vi.waitFor(() => expect(ben.documents.known().has(note)).toBe(true), WITHIN_MS)

  const open = await ana.open(note)
  const there = await ben.open(note)
  there.doc.getText('text').insert(0, 'Dulse ')
  await vi.waitFor(() => expect(open.doc.getText('text').toJSON()).toBe('Dulse Kelp'), WITHIN_MS)
  expect(ana.relays.receipt(note)).toMatchObject({ relayed: null, delivered: [] })
  expect(ana.relays.receipt(note)?.handedTo, 'handed over is all that is claimed').toMatch(
    'http://localhost:',
  )
  open.release()
  there.release()
})

test('what is at a trusted server can be read there: that is what its warning is about', async () => {
  const { server, ana, note } = await setup('alone')
  await write(ana, 'Kelp', note)
  await isHanded(ana)
  const doc = new Y.Doc()
  const reader = new WebsocketProvider(server.url.replace('http', 'ws'), `${ana.workspace.id}.${note}`, doc, {
    disableBc: true,
  })
  onTestFinished(() => reader.destroy())
  await vi.waitFor(() => expect(doc.getText('text').toJSON()).toBe('Kelp'), WITHIN_MS)
})

test('a trusted server that forgot everything is handed it again, and costs nothing meanwhile', async () => {
  const { server, ana, ben, note } = await setup('with a relay')
  await write(ana, 'Kelp', note)
  await isHanded(ana)
  await server.kill()
  await write(ana, 'Dulse ', note)
  await hasHeard(ben, 'Dulse Kelp', note)
  await vi.waitFor(() => expect(ana.relays.state()).toMatchObject({ waiting: 0, link: { phase: 'open' } }))
  await server.start()
  await isHanded(ana)
  await isHanded(ben)
  const doc = new Y.Doc()
  const reader = new WebsocketProvider(server.url.replace('http', 'ws'), `${ana.workspace.id}.${note}`, doc, {
    disableBc: true,
  })
  onTestFinished(() => reader.destroy())
  await vi.waitFor(() => expect(doc.getText('text').toJSON()).toBe('Dulse Kelp'), WITHIN_MS)
})

test('what only a trusted server has been handed still waits where a relay is named', async () => {
  const { relay, ana, note } = await setup('with a relay')
  await isHanded(ana)
  await relay.crash()
  await write(ana, 'Kelp', note)
  await isHanded(ana)
  expect(ana.relays.state().waiting).toBe(1)
})
