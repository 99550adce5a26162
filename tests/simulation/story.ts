import type { Dice } from '../support/seeded.ts'
import type { Census } from './census.ts'
import type { DeviceHost } from './device-host.ts'
import type { Disks } from './engine/disk.ts'
import type { Machine } from './engine/machine.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { Oracle } from './oracle.ts'
import { createPlaces, type Places } from './places.ts'

/** What the parts of one story have in common. */
export interface Story {
  readonly machine: Machine
  readonly disks: Disks
  readonly dice: Dice
  readonly census: Census
  readonly ledger: Ledger
  readonly places: Places
  readonly devices: DeviceHost[]
  /** The addresses of its relays. */
  readonly origins: readonly string[]
  readonly truth: Truth
  /** Something is not as it was promised. */
  problem(what: string): void
  /** What is wrong so far, in words. */
  problems(): string[]
}

/** What none of the devices can know. */
export interface Truth {
  /** Null before there is a workspace. */
  oracle: Oracle | null
  /** Relays that lied: of what came by them nobody can know what is true before all have healed. */
  readonly lied: Set<string>
  /** Relays that hid something: that cannot be noticed while their log goes on under the same name. */
  readonly hidden: Set<string>
  /** Relays that could not use their disk, and refused what was sent. */
  readonly refused: Set<string>
  /** What others built on words that only an evicted device and a lying relay had can never be whole again. */
  evicted: boolean
  /** Somebody was put out: what they wrote afterwards counts for nobody. */
  removed: boolean
  /** Devices that lost a database, and with it what they had said to have stored. */
  readonly damaged: Set<string>
}

export const createStory = (
  deps: Pick<Story, 'machine' | 'disks' | 'dice' | 'census' | 'origins'>,
): Story => {
  const problems = new Set<string>()
  return {
    ...deps,
    ledger: createLedger(),
    places: createPlaces(),
    devices: [],
    truth: {
      oracle: null,
      lied: new Set(),
      hidden: new Set(),
      refused: new Set(),
      evicted: false,
      removed: false,
      damaged: new Set(),
    },
    problem: what => void problems.add(what),
    problems: () => [...problems],
  }
}
