import { loadDeviceKeys } from '../../worker/keys/device-keys.ts'
import { openDeviceStore } from '../../worker/storage/device-store.ts'
import type { Dice } from '../support/seeded.ts'
import { createBounds } from './bounds.ts'
import { checkSecrecy, checkTexts, showsWords } from './checks.ts'
import { createDeeds, type Deeds } from './deeds.ts'
import { type DeviceHost, isSynced } from './device-host.ts'
import { createEnding } from './ending.ts'
import { DIRECTOR, type Machine, type Process } from './engine/machine.ts'
import { HAPPENINGS, type Happening, RELAY_HAPPENINGS } from './faults.ts'
import { createMembers, type Members } from './members.ts'
import { createNetwork, type Network } from './network.ts'
import { createOracle } from './oracle.ts'
import { write } from './person.ts'
import { createShown } from './shown.ts'
import { createStory, type Story } from './story.ts'
import { createStoryRelay, type StoryRelay } from './story-relay.ts'

/** What happenings work with. */
export interface World extends Pick<Members, 'start' | 'evict' | 'copy' | 'loseDatabase' | 'remove'> {
  readonly machine: Machine
  readonly dice: Dice
  readonly network: Network
  /** The relay to which something happens: any of them. */
  relay(): StoryRelay
  readonly deeds: Deeds
  devices(): readonly DeviceHost[]
  /** Kills a process after so many more of its steps. */
  burn(device: DeviceHost, process: Process, steps: number, kill: () => void): void
  /** Lets time pass before the next thing happens. */
  pass(milliseconds: number): void
}

export interface Deps extends Pick<Story, 'machine' | 'disks' | 'dice' | 'census' | 'origins'> {
  readonly devices: number
  readonly happenings: number
}

const SETUP_WITHIN_MS = 60_000
/** More than any story needs: something goes round in circles. */
const MOST_STEPS = 400_000
const NOTES = 3
/** One story in so many ends with minutes in which nobody does anything. */
const IDLE_ENDINGS = 8
/** One story in so many first shows that what nobody looks at is sent, too. */
const UNSEEN_ENDINGS = 2
/** One story with several relays in so many first shows that it does not take all of them. */
const BESIDE_ENDINGS = 2

export const createWorld = ({ devices: most, happenings, ...deps }: Deps) => {
  const story = createStory(deps)
  const { machine, dice, census, ledger, places, truth, devices, origins } = story
  let passing = 0

  const relays: readonly StoryRelay[] = origins.map(origin =>
    createStoryRelay({ story, origin, onDeath: process => network.lost(process) }),
  )
  const relayAt = (origin: string): StoryRelay => relays.find(({ host }) => host.origin === origin)!
  const anyRelay = (): StoryRelay => (relays.length === 1 ? relays[0]! : dice.pick(relays))
  const network = createNetwork({
    machine,
    dice,
    census,
    relays: relays.map(({ host }) => host),
    watch: (bytes, device, relay) => {
      relayAt(relay).observer.sent(bytes, device)
      if (showsWords(bytes)) story.problem('plain text left a device')
    },
  })
  const members: Members = createMembers({
    story,
    network,
    watcher: device => ({
      marked: (relay, ...change) => relayAt(relay).observer.marked(device, ...change),
      unloaded: () => census.count('document unloaded'),
    }),
    devices: most,
    shown: createShown(
      story,
      relays.map(({ receipts }) => receipts),
    ),
  })
  const deeds = createDeeds({ story, network })
  const ending = createEnding({
    story,
    network,
    relays,
    start: members.start,
    wipeRemoved: members.wipeRemoved,
    deeds,
    isTooLong: () => machine.steps() > MOST_STEPS,
  })

  /** Whoever is still alive may know the keys. */
  const keysOf = (epoch: number) =>
    devices.flatMap(device => device.life()?.session.workspace.contentKeys(epoch) ?? [])[0] ?? null

  const bounds = createBounds(story, relays)

  const setUp = async (): Promise<boolean> => {
    for (const relay of relays) relay.start()
    const first = members.add()
    first.start()
    if (!(await machine.run(() => isSynced(first), SETUP_WITHIN_MS))) return false
    first.act('first notes', async ({ session }) => {
      for (let note = 0; note < NOTES; note += 1) await session.notes.create({})
      const store = await openDeviceStore()
      const oracle = createOracle(session.workspace, await loadDeviceKeys(store), keysOf)
      truth.oracle = oracle
      store.close()
      for (const { host } of relays)
        for (const log of host.disk.logs.values())
          for (const entry of log.entries) await oracle.durable(host.origin, entry.document, [entry])
      await members.invite({ session })
    })
    if (!(await machine.run(members.isInvited, SETUP_WITHIN_MS))) return false
    while (devices.length < most) members.add().start()
    return machine.run(() => devices.every(isSynced), SETUP_WITHIN_MS)
  }

  const world: World = {
    machine,
    dice,
    network,
    relay: anyRelay,
    deeds,
    devices: () => devices,
    start: members.start,
    evict: members.evict,
    copy: members.copy,
    loseDatabase: members.loseDatabase,
    remove: members.remove,
    burn: (device, process, steps, kill) => {
      const what = process === device.worker() ? 'worker' : 'service worker'
      process.fuse = {
        steps,
        burn: () => {
          census.count(`${what} killed in its work`)
          census.count(`${what} killed before: ${device.doing(process)}`)
          kill()
        },
      }
    },
    pass: milliseconds => {
      passing += milliseconds
    },
  }

  const weighted: readonly Happening[] = [
    ...HAPPENINGS,
    ...(relays.length > 1 ? RELAY_HAPPENINGS : []),
  ].flatMap(one => Array.from({ length: one.weight }, () => one))

  const happen = (): void => {
    const device = dice.pick(devices)
    if (dice.below(5) < 3) {
      device.act('write', life => write({ life, device: device.name, dice, ledger, places, census }))
      return
    }
    if (dice.below(8) === 0) anyRelay().backUp()
    const what = dice.pick(weighted)
    census.count(what.name)
    machine.note(what.name)
    what.act(world, device)
  }

  const play = async (): Promise<void> => {
    for (let count = 0; count < happenings; count += 1) {
      passing = dice.below(3) === 0 ? 0 : dice.below(dice.pick([20, 300, 4000]))
      let happened = false
      machine.after(DIRECTOR, 0, 'happening', () => {
        happen()
        happened = true
      })
      await machine.run(() => happened, 1000)
      await machine.run(() => machine.steps() > MOST_STEPS, passing)
    }
  }

  return {
    /** What is wrong, in words; nothing where all is well. */
    run: async (): Promise<string[]> => {
      if (!(await setUp())) return ['the devices did not get started', ...story.problems()]
      await play()
      if (truth.lied.size === 0 && dice.below(UNSEEN_ENDINGS) === 0) await ending.sendUnseen()
      if (relays.length > 1 && dice.below(BESIDE_ENDINGS) === 0) {
        await ending.settleBesideBad()
        checkTexts(story)
      }
      await ending.settle()
      await ending.fillRelays()
      checkTexts(story)
      for (const { host } of relays) checkSecrecy(story, host)
      await bounds.check()
      if (story.problems().length === 0 && dice.below(IDLE_ENDINGS) === 0) await bounds.checkIdle()
      return story.problems()
    },
    failed: members.failed,
  }
}
