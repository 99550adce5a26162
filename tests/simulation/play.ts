import '../support/many-providers.ts'
import { seededDice, seededRandom } from '../support/seeded.ts'
import type { Census } from './census.ts'
import { createChannels } from './engine/channels.ts'
import { createMemory } from './engine/crypto.ts'
import { createDisks, type Disks } from './engine/disk.ts'
import { installGlobals, type Stage } from './engine/globals.ts'
import { createMachine, type Machine, type Watch } from './engine/machine.ts'

/** What came of one seed. */
export interface Played {
  readonly seed: number
  readonly problems: readonly string[]
  readonly trace: string
  readonly steps: number
  /** Milliseconds of simulated time. */
  readonly lasted: number
}

export interface Player {
  play(seed: number, census: Census, watch?: Watch): Promise<Played>
}

/** Most stories are short, so that many different ones are told in the time that one long one takes. */
const DEVICES = [2, 3]
const HAPPENINGS = [6, 6, 12, 12, 24, 60]
/** With two relays everything takes half as long again. */
const HAPPENINGS_AT_TWO = [6, 6, 12, 12, 24, 24]
const ONE_RELAY = ['https://relay.test']
const TWO_RELAYS = [...ONE_RELAY, 'https://other-relay.test']
/** One story in so many has two relays. */
const TWO_IN = 3
const STEP_MS = 0.05

const createStage = (machine: Machine, disks: () => Disks, seed: number): Stage => {
  const random = seededRandom(seed)
  const dice = seededDice(seed ^ 0x5eed)
  const channels = createChannels(machine)
  return {
    machine,
    random,
    memory: createMemory(),
    databases: () => disks().of(machine.current().host)!.databases,
    diskDelay: () => {
      const disk = disks().of(machine.current().host)
      if (!disk) return STEP_MS // the machine itself clears up after a death
      const now = machine.time()
      const took = STEP_MS + (disk.slowness * dice.below(100)) / 100
      disk.busyUntil = Math.max(disk.busyUntil, now) + took
      return disk.busyUntil - now
    },
    channel: channels.open,
  }
}

/** Drawn from dice of their own: stories with one relay are told as if there were no others. */
const originsOf = (seed: number): readonly string[] =>
  seededDice(seed ^ 0x2e1a).below(TWO_IN) === 0 ? TWO_RELAYS : ONE_RELAY

/** Once in a process, after fake-indexeddb and before anything that is simulated is imported. */
export const createPlayer = async (): Promise<Player> => {
  let stage: Stage
  let failed: (error: unknown) => void = () => {}
  const disks = createDisks(() => stage.machine)
  const begin = (seed: number, watch: Watch): Machine => {
    const machine = createMachine(watch, error => failed(error))
    stage = createStage(machine, () => disks, seed)
    return machine
  }
  begin(0, () => {})
  installGlobals(() => stage)
  const { createWorld } = await import('./world.ts')
  await import('../../worker/sync/entry.ts')
  process.on('unhandledRejection', error => failed(error))
  console.error = (...parts: unknown[]) => stage.machine.note(`said ${parts[0]}`)

  return {
    play: async (seed, census, watch = () => {}) => {
      const machine = begin(seed, watch)
      const dice = seededDice(seed)
      const devices = dice.pick(DEVICES)
      const origins = originsOf(seed)
      const happenings = dice.pick(origins.length > 1 ? HAPPENINGS_AT_TWO : HAPPENINGS)
      if (origins.length > 1) census.count('two relays')
      const world = createWorld({ machine, disks, dice, census, origins, devices, happenings })
      failed = error => {
        const running = machine.current()
        if (running.alive) world.failed(error, running.host.name)
      }
      const problems = await world.run()
      failed = () => {}
      // Providers that were killed with their worker never took their listeners back.
      process.removeAllListeners('exit')
      return {
        seed,
        problems,
        trace: machine.trace(),
        steps: machine.steps(),
        lasted: Math.round(machine.time()),
      }
    },
  }
}
