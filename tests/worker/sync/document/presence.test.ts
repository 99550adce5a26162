import { expect, onTestFinished, test, vi } from 'vitest'
import * as Y from 'yjs'
import type { DocumentId } from '../../../../protocol/ids.ts'
import type { Sealer } from '../../../../worker/keys/sealer.ts'
import { createYjsServer, type YjsServer } from '../../../../worker/sync/document/yjs-server.ts'
import { createManualClock, settled } from '../../../support/manual-clock.ts'

const NOTE: DocumentId = 'AAAAAAAAAAAAAAAAAAAAAg'
const MINUTE = 60_000

const plainSealer = {
  sealPresence: async (_document: DocumentId, data: Uint8Array) => data,
  openPresence: async (_document: DocumentId, data: Uint8Array) => data,
} as unknown as Sealer

/** Devices at one relay, which passes presence on to all others that are connected. */
const setup = () => {
  const clock = createManualClock()
  const devices: { readonly server: YjsServer; readonly isOnline: () => boolean }[] = []
  let passed = 0
  let losing = false

  const addDevice = async () => {
    let online = false
    const server = createYjsServer({
      document: NOTE,
      store: { doc: new Y.Doc() },
      sealer: plainSealer,
      clock,
      link: {
        send: message => {
          if (!online || message.type !== 'ephemeral') return false
          passed += 1
          if (losing) return true
          for (const each of devices)
            if (each.server !== server && each.isOnline()) void each.server.presenceCame(message.data)
          return true
        },
      },
      onAttached: () => undefined,
      onDetached: () => undefined,
      onUpdate: () => undefined,
      onEdit: () => undefined,
      onForeign: () => undefined,
    })
    onTestFinished(server.stop)
    devices.push({ server, isOnline: () => online })
    const connect = async (): Promise<void> => {
      server.invite()
      await settled()
      online = true
      server.open()
      await settled()
    }
    await connect()
    return {
      others: () => server.presence.others(),
      watch: async (watched = true) => {
        server.presence.setWatched(watched)
        await settled()
      },
      loseConnection: () => {
        online = false
        server.drop()
      },
      /** The relay does not notice that it is gone. */
      fallSilent: () => {
        online = false
      },
      connect,
      stop: server.stop,
    }
  }
  return {
    clock,
    addDevice,
    passed: () => passed,
    lose: (lost: boolean) => {
      losing = lost
    },
  }
}

test('a document that nobody has open wakes nobody', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const { clock, addDevice } = setup()
  const device = await addDevice()
  expect([vi.getTimerCount(), clock.waiting()]).toEqual([0, 0])
  await device.watch()
  await device.watch(false)
  expect([vi.getTimerCount(), clock.waiting()]).toEqual([0, 0])
  await device.watch()
  device.stop()
  expect(clock.waiting()).toBe(0)
})

test('who is alone says so seldom, who is not says so before being taken for gone', async () => {
  const { clock, addDevice, passed } = setup()
  const anna = await addDevice()
  await anna.watch()
  const atFirst = passed()
  await clock.pass(4 * MINUTE)
  expect(passed()).toBe(atFirst)
  const ben = await addDevice()
  await ben.watch()
  expect([anna.others(), ben.others()]).toEqual([1, 1])
  for (let time = 0; time < 10; time++) {
    await clock.pass(7_000)
    expect([anna.others(), ben.others()]).toEqual([1, 1])
  }
})

test('who falls silent is gone after 30 s, and seen at once when back', async () => {
  const { clock, addDevice } = setup()
  const [anna, ben] = [await addDevice(), await addDevice()]
  await anna.watch()
  await ben.watch()
  ben.fallSilent()
  await clock.pass(14_000)
  expect(anna.others()).toBe(1)
  await clock.pass(16_000)
  expect(anna.others()).toBe(0)
  ben.loseConnection()
  await ben.connect()
  expect([anna.others(), ben.others()]).toEqual([1, 1])
})

test('who comes back before being taken for gone is told again who is there', async () => {
  const { clock, addDevice } = setup()
  const [anna, ben] = [await addDevice(), await addDevice()]
  await anna.watch()
  await ben.watch()
  ben.loseConnection()
  expect(ben.others()).toBe(0)
  await ben.connect()
  await clock.pass(15_000)
  expect([anna.others(), ben.others()]).toEqual([1, 1])
})

test('who opens it once more is told at once who is there', async () => {
  const { addDevice } = setup()
  const [anna, ben] = [await addDevice(), await addDevice()]
  await anna.watch()
  await ben.watch()
  await ben.watch(false)
  expect(anna.others()).toBe(0)
  await ben.watch()
  expect([anna.others(), ben.others()]).toEqual([1, 1])
})

test('two who missed each other find each other', async () => {
  const { clock, addDevice, lose } = setup()
  const [anna, ben] = [await addDevice(), await addDevice()]
  lose(true)
  await anna.watch()
  await ben.watch()
  lose(false)
  expect([anna.others(), ben.others()]).toEqual([0, 0])
  await clock.pass(5 * MINUTE)
  expect([anna.others(), ben.others()]).toEqual([1, 1])
})
