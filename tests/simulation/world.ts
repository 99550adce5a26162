import type { DeviceKeys } from '../../protocol/device-database.ts'
import { type DocumentId, HOME_DOCUMENT, type WorkspaceId } from '../../protocol/ids.ts'
import { parseInvitation } from '../../protocol/invitation-link.ts'
import { decodeRelayMessage } from '../../protocol/relay-codec.ts'
import type { SyncValue } from '../../protocol/views.ts'
import { documentState, sameState } from '../../worker/documents/document-state.ts'
import { loadDeviceKeys } from '../../worker/keys/device-keys.ts'
import { systemClock } from '../../worker/platform/clock.ts'
import { systemRandom } from '../../worker/platform/random.ts'
import { openDeviceStore, type StoredWorkspace } from '../../worker/storage/device-store.ts'
import { createRelayHttp } from '../../worker/sync/relay/relay-http.ts'
import { inviteDevice, joinWorkspace } from '../../worker/workspace/invitation.ts'
import { createWorkspace } from '../../worker/workspace/workspace.ts'
import type { Dice } from '../support/seeded.ts'
import type { Census } from './census.ts'
import { createDeviceHost, type DeviceHost } from './device-host.ts'
import { copyDisk } from './engine/copy-disk.ts'
import { createDisk, type Disks } from './engine/disk.ts'
import { DIRECTOR, type Machine, type Process } from './engine/machine.ts'
import { HAPPENINGS, type Happening } from './faults.ts'
import { createHostile, HIDES, type Malice } from './hostile.ts'
import { createLedger, MARKER } from './ledger.ts'
import { calmWeather, createNetwork, type Network } from './network.ts'
import { createOracle, type Oracle } from './oracle.ts'
import { openNote, write } from './person.ts'
import { createRelayHost, ORIGIN, type RelayHost } from './relay-host.ts'
import type { WorkerLife } from './worker-life.ts'

/** What happenings work with. */
export interface World {
  readonly machine: Machine
  readonly dice: Dice
  readonly network: Network
  readonly relay: {
    readonly host: RelayHost
    start(): void
    kill(): void
    restore(how: 'same log' | 'new log' | 'empty'): void
    turn(malice: Malice | null, victim: string): void
  }
  devices(): readonly DeviceHost[]
  start(device: DeviceHost): void
  /** The browser throws away all that a device has. */
  evict(device: DeviceHost): void
  /** Somebody copies a browser's profile to another device. */
  copy(device: DeviceHost): void
  /** Kills a process after so many more of its steps. */
  burn(process: Process, steps: number, what: string, kill: () => void): void
  /** Lets time pass before the next thing happens. */
  pass(milliseconds: number): void
}

export interface Deps {
  readonly machine: Machine
  readonly disks: Disks
  readonly dice: Dice
  readonly census: Census
  readonly devices: number
  readonly happenings: number
}

const SETUP_WITHIN_MS = 60_000
const HEALED_WITHIN_MS = 30 * 60_000
const NUDGE_MS = 5_000
const LOOK_MS = 1
const NOTICED_WITHIN_MS = 2 * 60_000
/** More than any story needs: something goes round in circles. */
const MOST_STEPS = 400_000
const NOTES = 3
/** What a refused write becomes where nobody waits for it: the browser writes it to its console. */
const REFUSED = /^(AbortError|undefined|\[object Object\])|QuotaExceededError/

/** A device could not join yet, or could not be invited. */
class NotLetIn extends Error {}

export const createWorld = ({ machine, disks, dice, census, ...size }: Deps) => {
  const ledger = createLedger()
  const problems = new Set<string>()
  const devices: DeviceHost[] = []
  let oracle: Oracle | null = null
  let passing = 0
  let link = ''

  const problem = (what: string): void => void problems.add(what)

  const hostile = createHostile(dice, census)
  /** What a relay hid cannot be noticed while its log goes on under the same name. */
  let hidden = false
  /** Once a relay lied, nobody can know what is true before all have healed. */
  let lied = false

  /** Nothing is confirmed that is not on the relay's disk. */
  const checkConfirmed = (message: Uint8Array): void => {
    const decoded = decodeRelayMessage(message)
    if (!decoded.ok) return
    census.count(`relay says ${decoded.value.type}`)
    if (decoded.value.type !== 'known') return
    const logs = [...host.disk.logs.values()]
    const isOnDisk = (id: string): boolean =>
      logs.some(({ entries }) => entries.findLast(entry => entry.id === id) !== undefined)
    if (!decoded.value.envelopes.every(isOnDisk)) problem('the relay confirmed what is not on its disk')
  }

  const host: RelayHost = createRelayHost({
    machine,
    store: store => ({
      ...store,
      append: async request => {
        const { document, envelopes, replaced } = request
        const all = host.disk.logs.get(request.workspace)?.entries ?? []
        const gone = (replaced ?? []).flatMap(position => all[position - 1] ?? [])
        const appended = await store.append(request)
        await oracle?.durable(document, appended.entries)
        if (gone.length > 0 && appended.entries.length > 0) {
          census.count('log compacted')
          // What a relay handed out under a wrong position cannot be told from what lies there.
          if (!lied && !(await oracle?.covers(document, envelopes[0]!.bytes, gone)))
            problem('a snapshot has less than what it replaced')
        }
        return appended
      },
    }),
    say: (message, device) => {
      checkConfirmed(message)
      return hostile.say(message, device)
    },
    hear: hostile.hear,
    onFailure: error => {
      census.count('relay failed')
      if (!host.disk.full) problem(`the relay failed: ${(error as Error).message}`)
    },
  })
  const marker = Buffer.from(MARKER)
  const network = createNetwork({
    machine,
    dice,
    census,
    relay: host,
    watch: bytes => {
      if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(marker))
        problem('plain text left a device')
    },
  })

  // ── the relay ──────────────────────────────────────────────────────────────────────────────

  const backups: (() => void)[] = []
  const killRelay = (): void => {
    const dead = host.crash()
    if (dead) network.lost(dead)
  }
  const startRelay = (): void => {
    if (host.process() === null) host.start()
  }
  const relay: World['relay'] = {
    host,
    start: startRelay,
    kill: killRelay,
    restore: how => {
      killRelay()
      const before = new Map(host.disk.logs)
      if (how === 'empty') host.disk.logs.clear()
      else if (backups.length > 0) dice.pick(backups)()
      // Two devices that go on from the same old list would part for good; how that heals is not part of this story.
      if (others.size > 0)
        for (const [id, log] of host.disk.logs)
          host.disk.logs.set(id, { ...log, lists: before.get(id)?.lists ?? log.lists })
      if (how !== 'same log') hidden = hidden && hostile.malice() !== null
      if (how === 'new log')
        for (const [id, log] of host.disk.logs)
          host.disk.logs.set(id, { ...log, log: Buffer.from(systemRandom(16)).toString('base64url') })
      startRelay()
    },
    turn: (malice, victim) => {
      lied ||= malice !== null
      hidden ||= malice !== null && HIDES.includes(malice)
      hostile.turn(malice, victim)
    },
  }

  // ── what is shown ──────────────────────────────────────────────────────────────────────────

  const documentsOf = (life: WorkerLife): [DocumentId, WorkerLife['home']['doc']][] => [
    [HOME_DOCUMENT, life.home.doc],
    ...[...life.notes].map(([id, { document }]) => [id, document.doc] as [DocumentId, typeof document.doc]),
  ]

  /** "Synced" means that a relay had all of it. */
  const shown = (device: DeviceHost, { phase, storing }: SyncValue): void => {
    census.count(`shown ${phase}`)
    const life = device.life()
    if (life) lists.set(device, life.session.workspace.lists().length)
    if (phase !== 'synced' || storing || life === null || oracle === null || lied) return
    for (const [id, doc] of documentsOf(life)) {
      if (oracle.wasRelayed(id, doc)) continue
      problem(
        `${device.name} said "synced" while no relay had all of ${id === HOME_DOCUMENT ? 'home' : 'a note'}`,
      )
    }
  }

  const failed = (error: unknown, name: string): void => {
    const device = devices.find(one => one.name === name)
    const kind = error instanceof Error ? error.name : String(error)
    census.count(`failed ${kind}`)
    // A start that failed is tried again, by one who was not let in with another invitation.
    const endStart = (): void => {
      if (device?.life() === null) device.killWorker()
    }
    if (error instanceof NotLetIn) {
      if (device?.life() === null) lists.delete(device)
      endStart()
      return
    }
    const stack = error instanceof Error ? error.stack : ''
    if (device && device.disk().refusals > 0 && REFUSED.test(`${kind} ${stack}`)) {
      endStart()
      return
    }
    problem(`${name} failed: ${kind} ${stack}`)
  }

  // ── members ────────────────────────────────────────────────────────────────────────────────

  const access = (workspace: WorkspaceId, device: string) =>
    createRelayHttp(ORIGIN, workspace, network.fetch(device))

  /** Devices that have to be invited before they can start, again or for the first time. */
  const strangers = new Set<DeviceHost>()
  /** All that came after the first ones. */
  const others = new Set<DeviceHost>()
  /** How many access lists each device knew when it was last seen. */
  const lists = new Map<DeviceHost, number>()

  const enter = async (device: () => DeviceHost, keys: DeviceKeys<CryptoKey>): Promise<StoredWorkspace> => {
    if (oracle === null) {
      const made = await createWorkspace(keys, systemRandom, systemClock)
      return { ...made, relay: { origin: ORIGIN, operatorCode: null, syncedAt: null } }
    }
    const parsed = parseInvitation(link)
    if (!parsed.ok) throw new Error(parsed.error.message)
    const { workspace } = parsed.value
    const { name } = device()
    const request = { link: parsed.value, device: keys, clock: systemClock, access: access(workspace, name) }
    const joined = await joinWorkspace(request)
    if (!joined.ok) throw new NotLetIn(joined.error.message)
    lists.set(device(), joined.value.lists.length)
    return joined.value
  }

  const addDevice = (): DeviceHost => {
    const name = `d${devices.length}`
    const device: DeviceHost = createDeviceHost(name, {
      machine,
      disks,
      network,
      enter: keys => enter(() => device, keys),
      shown: status => shown(device, status),
      failed,
    })
    devices.push(device)
    return device
  }

  const invite = async ({ session }: WorkerLife, device: string): Promise<void> => {
    const keys = await openDeviceStore()
    const invited = await inviteDevice({
      workspace: session.workspace,
      device: await loadDeviceKeys(keys),
      random: systemRandom,
      clock: systemClock,
      app: 'https://app.test',
      relay: ORIGIN,
      access: access(session.workspace.id, device),
      refresh: session.sync()!.access.refresh,
    })
    keys.close()
    if (!invited.ok) throw new NotLetIn(invited.error.message)
    link = invited.value.link
  }

  /** Only who knows all lists may go on from them, see `restore`; those that nobody has any more never were. */
  const inviteStrangers = (): void => {
    const listsOf = (device: DeviceHost): number =>
      device.life()?.session.workspace.lists().length ?? lists.get(device) ?? 0
    const newest = Math.max(...devices.map(listsOf))
    const host = devices.find(device => device.life() !== null && listsOf(device) === newest)
    host?.act('invite', async life => {
      if (life.seen().phase === 'synced') await invite(life, host.name)
    })
  }

  const startDevice = (device: DeviceHost): void => {
    if (strangers.has(device)) {
      const isIn = device.life() !== null
      if (isIn) strangers.delete(device)
      else inviteStrangers()
    }
    device.start()
  }

  /** What others built on words that only this device and a lying relay had can never be whole again. */
  let evicted = false
  const evict = (device: DeviceHost): void => {
    const remain = devices.filter(other => other !== device && !strangers.has(other))
    if (remain.length === 0) return
    census.count('storage really evicted')
    evicted = true
    others.add(device)
    strangers.add(device)
    lists.delete(device)
    device.replaceDisk(createDisk())
    ledger.lost(device.name)
    startDevice(device)
  }

  const copy = (device: DeviceHost): void => {
    if (devices.length > size.devices || strangers.has(device)) return
    census.count('profile really copied')
    device.killWorker()
    device.killServiceWorker()
    const twin = addDevice()
    twin.replaceDisk(copyDisk(device.disk(), createDisk()))
    twin.start()
  }

  const isSynced = (device: DeviceHost): boolean => device.life()?.seen().phase === 'synced'

  const setUp = async (): Promise<boolean> => {
    startRelay()
    const first = addDevice()
    first.start()
    if (!(await machine.run(() => isSynced(first), SETUP_WITHIN_MS))) return false
    first.act('first notes', async ({ session }) => {
      for (let note = 0; note < NOTES; note += 1) await session.notes.create({})
      const store = await openDeviceStore()
      oracle = createOracle(session.workspace, await loadDeviceKeys(store))
      store.close()
      for (const log of host.disk.logs.values())
        for (const entry of log.entries) await oracle.durable(entry.document, [entry])
      await invite({ session } as WorkerLife, first.name)
    })
    if (!(await machine.run(() => link !== '', SETUP_WITHIN_MS))) return false
    while (devices.length < size.devices) addDevice().start()
    return machine.run(() => devices.every(isSynced), SETUP_WITHIN_MS)
  }

  // ── the story ──────────────────────────────────────────────────────────────────────────────

  const world: World = {
    machine,
    dice,
    network,
    relay,
    devices: () => devices,
    start: startDevice,
    evict,
    copy,
    burn: (process, steps, what, kill) => {
      process.fuse = {
        steps,
        burn: () => {
          census.count(`${what} killed in its work`)
          kill()
        },
      }
    },
    pass: milliseconds => {
      passing += milliseconds
    },
  }

  const weighted: readonly Happening[] = HAPPENINGS.flatMap(one =>
    Array.from({ length: one.weight }, () => one),
  )

  const happen = (): void => {
    const device = dice.pick(devices)
    if (dice.below(5) < 3) {
      device.act('write', life => write({ life, device: device.name, dice, ledger, census }))
      return
    }
    if (dice.below(8) === 0) {
      const restore = host.disk.snapshot()
      backups.push(restore)
    }
    const what = dice.pick(weighted)
    census.count(what.name)
    machine.note(what.name)
    what.act(world, device)
  }

  const play = async (): Promise<void> => {
    for (let count = 0; count < size.happenings; count += 1) {
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

  // ── the end ────────────────────────────────────────────────────────────────────────────────

  const calm = (): void => {
    host.disk.full = false
    relay.turn(null, '')
    if (hidden) relay.restore('new log')
    // Whoever mends a relay that lied starts it again.
    else if (lied) killRelay()
    startRelay()
    for (const device of devices) {
      Object.assign(network.weather(device.name), calmWeather())
      device.disk().full = false
      device.disk().slowness = 0
      device.host.skew = 0
      const fuse = device.worker()
      if (fuse) fuse.fuse = null
      const other = device.serviceWorker()
      if (other) other.fuse = null
    }
  }

  const openAll = async (life: WorkerLife): Promise<void> => {
    for (const { id } of life.session.notes.home.rows('notes')) await openNote(life, id)
  }

  const nudge = (device: DeviceHost): void => {
    startDevice(device)
    device.sync()
    device.act('look at all', life => {
      const sync = life.session.sync()
      sync?.retry()
      sync?.wake()
      return openAll(life)
    })
  }

  const isWhole = (device: DeviceHost): boolean => isSynced(device) && device.life()!.notes.size >= NOTES

  const differences = (): string[] => {
    const lives = devices.map(device => device.life())
    if (lives.some(life => life === null)) return ['a device does not run']
    const [first, ...others] = lives as WorkerLife[]
    const mine = documentsOf(first!)
    return others.flatMap((life, index) => {
      const theirs = new Map(documentsOf(life))
      if (theirs.size !== mine.length) return [`d0 and d${index + 1} have other notes open`]
      const unlike = mine.filter(([id, doc]) => {
        const there = theirs.get(id)
        return !there || !sameState(documentState(doc), documentState(there))
      })
      return unlike.map(
        ([id]) => `d0 and d${index + 1} differ in ${id === HOME_DOCUMENT ? 'home' : 'a note'}`,
      )
    })
  }

  const settle = async (): Promise<void> => {
    calm()
    let nextNudge = 0
    let nextLook = 0
    const lookedAt = new WeakSet<WorkerLife>()
    const isDone = (): boolean => {
      if (machine.steps() > MOST_STEPS) return true
      if (machine.time() >= nextNudge) {
        nextNudge = machine.time() + NUDGE_MS
        for (const device of devices) machine.after(DIRECTOR, 0, 'nudge', () => nudge(device))
      }
      if (machine.time() < nextLook) return false
      nextLook = machine.time() + LOOK_MS
      for (const device of devices) {
        const life = device.life()
        if (life === null || lookedAt.has(life) || !isSynced(device)) continue
        lookedAt.add(life)
        device.act('look at all', openAll)
      }
      return (
        devices.every(isWhole) &&
        (evicted || devices.every(device => device.life()!.session.sync()!.state().setAside === 0)) &&
        differences().length === 0
      )
    }
    const healed = await machine.run(isDone, HEALED_WITHIN_MS)
    if (!healed || machine.steps() > MOST_STEPS) {
      problem('they did not come together')
      for (const device of devices)
        problem(`${device.name}: ${JSON.stringify(device.life()?.session.sync()?.state())}`)
      for (const difference of differences()) problem(difference)
    }
  }

  const check = (): void => {
    for (const device of devices) {
      const life = device.life()
      if (life === null) continue
      const textOf = (id: DocumentId): string => life.notes.get(id)?.text.text() ?? ''
      for (const wrong of ledger.problems(device.name, textOf)) problem(wrong)
      for (const { text } of life.notes.values())
        for (const word of ledger.unknown(text.text()))
          problem(`${device.name} has ${word}, which nobody wrote`)
    }
    const [log] = host.disk.logs.values()
    if (log && Buffer.concat(log.entries.map(({ envelope }) => envelope)).includes(marker))
      problem('the relay has plain text')
  }

  const lacksSomething = async (): Promise<boolean> => {
    const life = devices[0]!.life()
    const [log] = host.disk.logs.values()
    if (life === null || !log || oracle === null) return false
    for (const [id, doc] of documentsOf(life)) {
      const entries = log.entries.filter(entry => entry.document === id && entry.replaced === null)
      if (!(await oracle.holds(id, entries, doc))) return true
    }
    return false
  }

  /** A relay that was put back a moment ago looks like before until the connections to it are seen to be lost. */
  const checkRelay = async (): Promise<void> => {
    const end = machine.time() + NOTICED_WITHIN_MS
    while (await lacksSomething()) {
      if (machine.time() >= end) return problem('all say "synced", and the relay lacks something')
      await machine.run(() => false, 1_000)
    }
  }

  return {
    /** What is wrong, in words; nothing where all is well. */
    run: async (): Promise<string[]> => {
      if (!(await setUp())) return ['the devices did not get started', ...problems]
      await play()
      await settle()
      await checkRelay()
      check()
      return [...problems]
    },
    failed,
  }
}
