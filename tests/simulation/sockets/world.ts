import type { DeviceKeys } from '../../../protocol/device-database.ts'
import { parseEnvelope } from '../../../protocol/envelope.ts'
import type { DocumentId } from '../../../protocol/ids.ts'
import type { OpenDocument } from '../../../worker/documents/documents.ts'
import { systemClock } from '../../../worker/platform/clock.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import { sealedRelay } from '../../../worker/storage/stored-relay.ts'
import type { StoredWorkspace } from '../../../worker/storage/stored-workspace.ts'
import { createRelayHttp } from '../../../worker/sync/relay/relay-http.ts'
import { createWorkspace } from '../../../worker/workspace/workspace.ts'
import { inviteDevices, joinBy } from '../../support/membership.ts'
import { type Dice, seededDice } from '../../support/seeded.ts'
import {
  createDevice,
  type Device,
  type DeviceLife,
  isSynced,
  type Network,
  textOf,
} from '../../support/simulated-device.ts'
import { createSimulatedRelay, type SimulatedRelay } from '../../support/simulated-relay.ts'

/** How often each kind of fault came up, over all runs: a fault that never happens proves nothing. */
export type Coverage = Map<string, number>

interface Weather extends Network {
  connected: boolean
  longestDelay: number
  duplicates: boolean
  slowDown(longest: number): void
  toggleDoubling(): void
}

interface Actor {
  readonly device: Device
  readonly weather: Weather
  life: DeviceLife | null
  readonly open: Map<DocumentId, OpenDocument>
}

const HEALED_WITHIN_MS = 20_000
const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

const weatherOf = (dice: Dice): Weather => ({
  connected: true,
  longestDelay: 0,
  duplicates: false,
  delay() {
    return this.longestDelay === 0 ? 0 : dice.below(this.longestDelay)
  },
  duplicate() {
    return this.duplicates && dice.below(4) === 0
  },
  online() {
    return this.connected
  },
  slowDown(longest) {
    this.longestDelay = longest
  },
  toggleDoubling() {
    this.duplicates = !this.duplicates
  },
})

const isSnapshot = ({ envelope }: { readonly envelope: Uint8Array }): boolean => {
  const parsed = parseEnvelope(envelope)
  return parsed.ok && parsed.value.kind === 'snapshot'
}

let worlds = 0

/**
 * Three devices and a relay, real but for the network, the disk's medium and the pace of the clock. The seed decides
 * what is done and which faults come; the interleaving of real sockets is left to chance.
 */
export const createWorld = async (seed: number, coverage: Coverage) => {
  worlds += 1
  const dice = seededDice(seed)
  const relay: SimulatedRelay = await createSimulatedRelay()
  const notes = [0, 1, 2].map(() => randomId(systemRandom))
  /** Words that a device was told are stored, with the note that they are in. */
  const promised = new Map<string, DocumentId>()
  const actors: Actor[] = []
  const overstated: string[] = []
  const count = (what: string): void => void coverage.set(what, (coverage.get(what) ?? 0) + 1)

  /** A device that is said to have a note must hold every word in it of the device that says so. */
  const checkReceipts = (actor: Actor): void => {
    for (const [note, open] of actor.open) {
      const receipt = actor.life?.sync.receipt(note)
      const mark = `<${actor.device.name.at(-1)}.`
      const own =
        textOf(open)
          .match(/<[^>]*>/g)
          ?.filter(word => word.startsWith(mark)) ?? []
      for (const id of receipt?.delivered ?? []) {
        const other = actors.find(({ device }) => device.keys.device === id)
        const held = other?.open.get(note)
        if (held === undefined || own.length === 0) continue
        count('receipt checked')
        const text = textOf(held)
        for (const word of own)
          if (!text.includes(word)) overstated.push(`${word} was called delivered and is not there`)
      }
    }
  }

  const watchReceipts = (actor: Actor): void => {
    const { life } = actor
    life?.sync.onChange(() => {
      if (actor.life === life) checkReceipts(actor)
    })
  }

  const add = async (
    workspace: (keys: DeviceKeys<CryptoKey>) => Promise<StoredWorkspace>,
  ): Promise<Actor> => {
    const weather = weatherOf(dice)
    const name = `world ${worlds} device ${actors.length}`
    const device = await createDevice({ name, network: weather, workspace })
    const actor: Actor = { device, weather, life: null, open: new Map() }
    actors.push(actor)
    actor.life = await device.start()
    watchReceipts(actor)
    return actor
  }

  const first = await add(async keys => {
    const made = await createWorkspace(keys, systemRandom, systemClock)
    return { ...made, relays: [sealedRelay(relay.url)] }
  })
  await first.life!.synced()
  const { workspace, sync } = first.life!
  const access = createRelayHttp(relay.url, workspace.id, fetch)
  const invited = await inviteDevices({
    workspace,
    device: first.device.keys,
    publish: sync.access.publish,
  })
  if (!invited.ok) throw new Error(invited.error.message)
  for (let others = 0; others < 2; others += 1) {
    await add(async keys => {
      const joined = await joinBy(invited.value, keys, relay.url, access)
      if (!joined.ok) throw new Error(joined.error.message)
      return joined.value
    })
  }

  const openNote = async (actor: Actor, note: DocumentId): Promise<OpenDocument> => {
    const known = actor.open.get(note)
    if (known) return known
    const open = await actor.life!.open(note)
    actor.open.set(note, open)
    return open
  }

  let words = 0
  const write = async (actor: Actor): Promise<void> => {
    const { life } = actor
    if (life === null) return
    const note = dice.pick(notes)
    const open = await openNote(actor, note)
    if (actor.life !== life) return
    words += 1
    const word = `<${actor.device.name.at(-1)}.${words}>`
    const text = open.doc.getText('text')
    // Between words, so that a word is found whole; sometimes a space is deleted, to have deletions under way.
    const gaps = [
      0,
      ...[...text.toJSON().matchAll(/> ?(?=<|$)/g)].map(({ index, 0: gap }) => index + gap.length),
    ]
    text.insert(dice.pick(gaps), `${word} `)
    const space = text.toJSON().indexOf('>  ')
    if (space >= 0 && dice.below(2) === 0) text.delete(space + 1, 1)
    count('write')
    void open.stored().then(() => {
      if (actor.life === life) promised.set(word, note)
    })
  }

  const crash = (actor: Actor): void => {
    if (actor.life === null) return
    actor.life.crash()
    actor.life = null
    actor.open.clear()
    count('device killed')
  }
  const start = async (actor: Actor): Promise<void> => {
    if (actor.life !== null) return
    actor.life = await actor.device.start()
    watchReceipts(actor)
  }

  const faults: readonly [name: string, act: (actor: Actor) => Promise<void>][] = [
    ['connection cut', async actor => actor.life?.cut()],
    [
      'network gone',
      async ({ weather, life }) => {
        weather.connected = false
        life?.cut()
      },
    ],
    [
      'network back',
      async ({ weather, life }) => {
        weather.connected = true
        life?.sync.wake()
      },
    ],
    ['slow network', async ({ weather }) => weather.slowDown(1 + dice.below(20))],
    ['doubled messages', async ({ weather }) => weather.toggleDoubling()],
    ['killed', async actor => crash(actor)],
    ['started', start],
    [
      'note closed',
      async ({ open }) => {
        const [id, document] = [...open][0] ?? []
        if (id === undefined) return
        open.delete(id)
        document?.release()
      },
    ],
    [
      'outbox delivered',
      async ({ device, weather }) => {
        if (weather.connected) await device.outbox.deliver()
      },
    ],
    ['flushed', async ({ life }) => void life?.documents.flush()],
    [
      'relay killed',
      async () => {
        await relay.crash()
        await pause(dice.below(20))
        await relay.start()
      },
    ],
    [
      'relay emptied',
      async () => {
        if (dice.below(4) > 0) return
        await relay.crash()
        relay.disk.logs.clear()
        await relay.start()
        count('relay really emptied')
      },
    ],
    [
      'relay rolled back',
      async () => {
        if (dice.below(2) > 0) return
        const restore = relay.disk.snapshot()
        for (let writes = 0; writes < 3; writes += 1) await write(dice.pick(actors))
        await pause(40)
        await relay.crash()
        restore()
        await relay.start()
        count('relay really rolled back')
      },
    ],
  ]

  const heal = async (): Promise<void> => {
    for (const actor of actors) {
      actor.weather.connected = true
      actor.weather.longestDelay = 0
      actor.weather.duplicates = false
      await start(actor)
      for (const note of notes) await openNote(actor, note)
      actor.life!.sync.wake()
    }
  }

  const textsOf = (actor: Actor): string[] => notes.map(note => textOf(actor.open.get(note)!))
  const agree = (): boolean => {
    const [one, ...others] = actors.map(actor => JSON.stringify(textsOf(actor)))
    return others.every(other => other === one)
  }

  /** Empty where all is well, else what is wrong. */
  const problems = (): string[] => {
    const found: string[] = [...overstated]
    if (!agree()) found.push('the devices differ')
    for (const actor of actors) {
      const texts = textsOf(actor)
      for (const [word, note] of promised) {
        const times = texts[notes.indexOf(note)]!.split(word).length - 1
        if (times !== 1) found.push(`${actor.device.name} has ${word} ${times} times`)
      }
      const { setAside } = actor.life!.sync.state()
      if (setAside > 0) found.push(`${actor.device.name} set ${setAside} envelopes aside`)
    }
    return found
  }

  return {
    run: async (steps: number): Promise<void> => {
      for (let step = 0; step < steps; step += 1) {
        const actor = dice.pick(actors)
        if (dice.below(3) > 0) await write(actor)
        else {
          const [name, act] = dice.pick(faults)
          count(name)
          await act(actor)
        }
        if (dice.below(3) === 0) await pause(dice.below(30))
      }
    },
    /** Resolves with what is wrong once all devices say that they are synced and hold the same, or time is up. */
    settle: async (): Promise<string[]> => {
      await heal()
      const snapshots = [...relay.disk.logs.values()].flatMap(({ entries }) => entries.filter(isSnapshot))
      if (snapshots.length > 0) count('log compacted')
      const late = Date.now() + HEALED_WITHIN_MS
      while (Date.now() < late) {
        const synced = actors.every(actor => isSynced(actor.life!.sync))
        if (synced && agree()) return problems()
        await pause(10)
      }
      const states = actors.map(actor => JSON.stringify(actor.life!.sync.state()))
      return ['they did not come together', ...states, ...problems()]
    },
    end: async (): Promise<void> => {
      for (const actor of actors) await actor.life?.stop()
      await relay.crash()
    },
  }
}
