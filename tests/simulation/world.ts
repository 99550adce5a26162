import { type DocumentId, HOME_DOCUMENT, type WorkspaceId } from '../../protocol/ids.ts'
import { parseInvitation } from '../../protocol/invitation-link.ts'
import type { SyncValue } from '../../protocol/views.ts'
import { documentState, sameState } from '../../worker/documents/document-state.ts'
import { systemClock } from '../../worker/platform/clock.ts'
import { systemRandom } from '../../worker/platform/random.ts'
import { createRelayHttp } from '../../worker/sync/relay-http.ts'
import { inviteDevice, joinWorkspace } from '../../worker/workspace/invitation.ts'
import { createWorkspace } from '../../worker/workspace/workspace.ts'
import type { Dice } from '../support/seeded.ts'
import type { Census } from './census.ts'
import { createDeviceHost, type DeviceHost } from './device-host.ts'
import type { Disks } from './engine/disk.ts'
import { DIRECTOR, type Machine, type Process } from './engine/machine.ts'
import { HAPPENINGS, type Happening } from './faults.ts'
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
  }
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
/** More than any story needs: something goes round in circles. */
const MOST_STEPS = 400_000
const NOTES = 3
/** What a refused write becomes where nobody waits for it: the browser writes it to its console. */
const REFUSED = /^(AbortError|undefined|\[object Object\])|QuotaExceededError/

export const createWorld = ({ machine, disks, dice, census, ...size }: Deps) => {
  const ledger = createLedger()
  const problems = new Set<string>()
  const devices: DeviceHost[] = []
  let oracle: Oracle | null = null
  let passing = 0
  let healing = false
  let link = ''

  const problem = (what: string): void => void problems.add(what)

  const host: RelayHost = createRelayHost({
    machine,
    store: store => ({
      ...store,
      append: async request => {
        const appended = await store.append(request)
        await oracle?.durable(request.document, appended.entries)
        return appended
      },
    }),
    say: message => [message],
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
      if (how === 'empty') host.disk.logs.clear()
      else if (backups.length > 0) dice.pick(backups)()
      if (how === 'new log')
        for (const [id, log] of host.disk.logs)
          host.disk.logs.set(id, { ...log, log: Buffer.from(systemRandom(16)).toString('base64url') })
      startRelay()
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
    if (phase !== 'synced' || storing || life === null || oracle === null) return
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
    const stack = error instanceof Error ? error.stack : ''
    if (device && device.disk().refusals > 0 && REFUSED.test(`${kind} ${stack}`)) return
    problem(`${name} failed: ${kind} ${stack}`)
  }

  // ── members ────────────────────────────────────────────────────────────────────────────────

  const access = (workspace: WorkspaceId, device: string) =>
    createRelayHttp(ORIGIN, workspace, network.fetch(device))

  const addDevice = (first: boolean): DeviceHost => {
    const name = `d${devices.length}`
    const device: DeviceHost = createDeviceHost(name, {
      machine,
      disks,
      network,
      enter: async keys => {
        if (first) {
          const made = await createWorkspace(keys, systemRandom, systemClock)
          return { ...made, relay: { origin: ORIGIN, operatorCode: null, syncedAt: null } }
        }
        const parsed = parseInvitation(link)
        if (!parsed.ok) throw new Error(parsed.error.message)
        const { workspace } = parsed.value
        const joined = await joinWorkspace({
          link: parsed.value,
          device: keys,
          clock: systemClock,
          access: access(workspace, name),
        })
        if (!joined.ok) throw new Error(joined.error.message)
        return joined.value
      },
      shown: status => shown(device, status),
      failed,
    })
    devices.push(device)
    return device
  }

  const invite = async ({ session }: WorkerLife, device: string): Promise<void> => {
    const keys = await import('../../worker/storage/device-store.ts').then(module => module.openDeviceStore())
    const invited = await inviteDevice({
      workspace: session.workspace,
      device: (await keys.keys())!,
      random: systemRandom,
      clock: systemClock,
      app: 'https://app.test',
      relay: ORIGIN,
      access: access(session.workspace.id, device),
      refresh: session.sync()!.access.refresh,
    })
    keys.close()
    if (!invited.ok) throw new Error(invited.error.message)
    link = invited.value.link
  }

  const isSynced = (device: DeviceHost): boolean => device.life()?.seen().phase === 'synced'

  const setUp = async (): Promise<boolean> => {
    startRelay()
    const first = addDevice(true)
    first.start()
    if (!(await machine.run(() => isSynced(first), SETUP_WITHIN_MS))) return false
    first.act('first notes', async ({ session }) => {
      for (let note = 0; note < NOTES; note += 1) await session.notes.create({})
      const keys = await import('../../worker/storage/device-store.ts')
      const store = await keys.openDeviceStore()
      oracle = createOracle(session.workspace, (await store.keys())!)
      store.close()
      for (const log of host.disk.logs.values())
        for (const entry of log.entries) await oracle.durable(entry.document, [entry])
      await invite({ session } as WorkerLife, first.name)
    })
    if (!(await machine.run(() => link !== '', SETUP_WITHIN_MS))) return false
    while (devices.length < size.devices) addDevice(false).start()
    return machine.run(() => devices.every(isSynced), SETUP_WITHIN_MS)
  }

  // ── the story ──────────────────────────────────────────────────────────────────────────────

  const world: World = {
    machine,
    dice,
    network,
    relay,
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
    healing = true
    host.disk.full = false
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

  const nudge = (device: DeviceHost): void => {
    device.start()
    device.sync()
    device.act('look at all', async life => {
      const sync = life.session.sync()
      sync?.retry()
      sync?.wake()
      for (const { id } of life.session.notes.home.rows('notes')) await openNote(life, id)
    })
  }

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
    const isDone = (): boolean => {
      if (machine.steps() > MOST_STEPS) return true
      if (machine.time() >= nextNudge) {
        nextNudge = machine.time() + NUDGE_MS
        for (const device of devices) machine.after(DIRECTOR, 0, 'nudge', () => nudge(device))
      }
      return (
        devices.every(device => isSynced(device) && device.life()!.notes.size >= NOTES) &&
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

  const check = async (): Promise<void> => {
    for (const device of devices) {
      const life = device.life()
      if (life === null) continue
      const textOf = (id: DocumentId): string => life.notes.get(id)?.text.text() ?? ''
      for (const wrong of ledger.problems(device.name, textOf)) problem(wrong)
      const { setAside = 0 } = life.session.sync()?.state() ?? {}
      if (setAside > 0) problem(`${device.name} set ${setAside} envelopes aside`)
    }
    const life = devices[0]!.life()
    const [log] = host.disk.logs.values()
    if (life === null || !log || oracle === null) return
    for (const [id, doc] of documentsOf(life)) {
      const entries = log.entries.filter(entry => entry.document === id && entry.replaced === null)
      if (!(await oracle.holds(id, entries, doc))) problem('all say "synced", and the relay lacks something')
    }
    if (Buffer.concat(log.entries.map(({ envelope }) => envelope)).includes(marker))
      problem('the relay has plain text')
  }

  return {
    /** What is wrong, in words; nothing where all is well. */
    run: async (): Promise<string[]> => {
      if (!(await setUp())) return ['the devices did not get started', ...problems]
      await play()
      await settle()
      await check()
      return [...problems]
    },
    isHealing: () => healing,
    failed,
  }
}
