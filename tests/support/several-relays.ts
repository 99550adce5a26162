import { expect, onTestFinished, vi } from 'vitest'
import type { RelayMessage } from '../../protocol/relay-messages.ts'
import { randomId, systemRandom } from '../../worker/platform/random.ts'
import type { OpenRelaySocket } from '../../worker/platform/relay-socket.ts'
import { sealedRelay } from '../../worker/storage/stored-relay.ts'
import { type DeviceLife, textOf } from './simulated-device.ts'
import { createSimulatedRelay, type SimulatedRelay } from './simulated-relay.ts'
import { createDevicesAt, type LivingDevice } from './simulated-workspace.ts'
import { createTampering } from './wire-taps.ts'

const WITHIN_MS = 8_000

/** What somebody who runs a relay, or sits before it, may do. */
export interface Relay extends SimulatedRelay {
  /** It takes everything and hands out nothing: from now on all that it tells of others' changes is empty. */
  withhold(isWithholding: boolean): void
  /** Puts its disk back to what it was when it was remembered. */
  remember(): void
  rollBack(): Promise<void>
  entries(): number
}

/** Between devices and relays: what some of the relays say is emptied. */
const createSilencing = (silent: ReadonlySet<string>) => {
  const emptied = (message: RelayMessage): RelayMessage => {
    if (message.type === 'content') return { ...message, entries: [] }
    return message.type === 'changed' ? { ...message, documents: [] } : message
  }
  return (open: OpenRelaySocket): OpenRelaySocket =>
    (address, protocols, handlers) => {
      const origin = new URL(address.replace(/^ws/, 'http')).origin
      const tamper = createTampering(message => (silent.has(origin) ? emptied(message) : message))
      return open(address, protocols, {
        ...handlers,
        received: bytes => handlers.received(tamper(bytes)!),
      })
    }
}

/**
 * Devices of one workspace, each with its own choice of several relays: `at` names them by number, for each device.
 */
export const createSeveralRelays = async (count: number, at: readonly (readonly number[])[]) => {
  const silent = new Set<string>()
  const relays: Relay[] = []
  for (let index = 0; index < count; index += 1) {
    const relay = await createSimulatedRelay()
    let restore = relay.disk.snapshot()
    let isUp = true
    relays.push({
      ...relay,
      start: async () => {
        if (!isUp) await relay.start()
        isUp = true
      },
      crash: async () => {
        if (isUp) await relay.crash()
        isUp = false
      },
      withhold: isWithholding => void (isWithholding ? silent.add(relay.url) : silent.delete(relay.url)),
      remember: () => {
        restore = relay.disk.snapshot()
      },
      rollBack: async () => {
        if (isUp) await relay.crash()
        restore()
        await relay.start()
        isUp = true
      },
      entries: () => [...relay.disk.logs.values()].flatMap(({ entries }) => entries).length,
    })
  }
  const living = await createDevicesAt(relays[0]!.url, at.length, createSilencing(silent))
  const lives: DeviceLife[] = []
  const setRelays = async ({ device, life }: LivingDevice, numbers: readonly number[]) => {
    await life.workspace.setRelays(numbers.map(number => sealedRelay(relays[number]!.url)))
    await life.stop()
    return device.start()
  }
  for (const [index, each] of living.entries()) lives.push(await setRelays(each, at[index]!))
  let ended = false
  const end = async (): Promise<void> => {
    if (ended) return
    ended = true
    for (const life of lives) await life.stop()
    for (const relay of relays) await relay.crash()
  }
  onTestFinished(end)

  return {
    relays,
    lives,
    end,
    note: randomId(systemRandom),
    /** The device goes on with other relays. */
    moveTo: async (index: number, numbers: readonly number[]) => {
      lives[index] = await setRelays({ device: living[index]!.device, life: lives[index]! }, numbers)
      return lives[index]
    },
  }
}

export const write = async (life: DeviceLife, words: string, note: string): Promise<void> => {
  const open = await life.open(note)
  open.doc.getText('text').insert(0, words)
  await open.stored()
  open.release()
}

const read = async (life: DeviceLife, note: string): Promise<string> => {
  const open = await life.documents.openInBackground(note)
  const text = textOf(open)
  open.release()
  return text
}

/** The words are here before long. */
export const hasHeard = (life: DeviceLife, words: string, note: string): Promise<void> =>
  vi.waitFor(async () => expect(await read(life, note)).toContain(words), WITHIN_MS)

/** All of its relays have everything that it has, and it has everything of theirs. */
export const isEverywhere = (life: DeviceLife): Promise<void> =>
  vi.waitFor(() => {
    for (const { state } of life.relays.state().relays)
      expect(state).toMatchObject({ link: { phase: 'open' }, caughtUp: true, waiting: 0 })
  }, WITHIN_MS)
