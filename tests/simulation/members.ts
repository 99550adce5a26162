import type { DeviceKeys } from '../../protocol/device-database.ts'
import { type DeviceId, type DocumentId, HOME_DOCUMENT } from '../../protocol/ids.ts'
import type { SyncValue } from '../../protocol/sync.ts'
import { loadDeviceKeys } from '../../worker/keys/device-keys.ts'
import { systemClock } from '../../worker/platform/clock.ts'
import { systemRandom } from '../../worker/platform/random.ts'
import { openDeviceStore } from '../../worker/storage/device-store.ts'
import { sealedRelay } from '../../worker/storage/stored-relay.ts'
import type { StoredWorkspace } from '../../worker/storage/stored-workspace.ts'
import { createRelayHttp } from '../../worker/sync/relay/relay-http.ts'
import { createWorkspace } from '../../worker/workspace/workspace.ts'
import { inviteDevices, joinBy, type TestInvitation } from '../support/membership.ts'
import { createDeviceHost, type DeviceHost, isSynced } from './device-host.ts'
import { copyDisk } from './engine/copy-disk.ts'
import { createDisk } from './engine/disk.ts'
import { databasesOn, loseDatabase } from './engine/read-disk.ts'
import type { LoadedWatcher } from './loaded.ts'
import type { Network } from './network.ts'
import type { Story } from './story.ts'
import type { WorkerLife } from './worker-life.ts'

/** Whose devices there are, and how they come into the workspace, again where they lost it. */
export interface Members {
  add(): DeviceHost
  /** Makes the next device that is added able to join. */
  invite(life: Pick<WorkerLife, 'session'>): Promise<void>
  isInvited(): boolean
  /** Starts a device; one that is no member is invited first. */
  start(device: DeviceHost): void
  /** The browser throws away all that a device has. */
  evict(device: DeviceHost): void
  /** The browser loses one of a device's databases. */
  loseDatabase(device: DeviceHost): void
  /** Somebody copies a browser's profile to another device. */
  copy(device: DeviceHost): void
  /** A device puts another one out, which may not hear of it, and goes on. */
  remove(by: DeviceHost): void
  /** Whoever was put out is found out, wipes what they have, and is invited again. */
  wipeRemoved(): void
  failed(error: unknown, device: string): void
}

interface Deps {
  readonly story: Story
  readonly network: Network
  /** How many devices a story begins with. */
  readonly devices: number
  readonly watcher: (device: DeviceHost) => LoadedWatcher
  readonly shown: (device: DeviceHost, status: SyncValue) => void
}

/** What a refused write becomes where nobody waits for it: the browser writes it to its console. */
const REFUSED = /^(undefined|\[object Object\])|AbortError|QuotaExceededError/

interface StoryInvitation extends TestInvitation {
  readonly by: DeviceId
}

interface Coming {
  readonly id: DeviceId
  readonly invitation: StoryInvitation
}

interface Removal {
  readonly victim: DeviceId
  /** By which it had come. */
  readonly invitation: StoryInvitation | null
  /** Whom the remover knew then. */
  readonly known: ReadonlySet<DeviceId>
}

/** A device could not join yet, or could not be invited. */
class NotLetIn extends Error {}

export const createMembers = ({ story, network, shown, watcher, ...size }: Deps): Members => {
  const { machine, disks, dice, census, ledger, places, truth, devices, origins } = story
  const relays = origins.map(origin => sealedRelay(origin))
  let invitation: StoryInvitation | null = null
  /** How the devices came, as they are now. */
  const comings = new Map<DeviceHost, Coming>()
  const removals: Removal[] = []
  /** Devices that have to be invited before they can start, again or for the first time. */
  const strangers = new Set<DeviceHost>()
  /** Those that another one put out. */
  const removed = new Set<DeviceHost>()

  const enter = async (device: () => DeviceHost, keys: DeviceKeys<CryptoKey>): Promise<StoredWorkspace> => {
    if (truth.oracle === null) {
      const made = await createWorkspace(keys, systemRandom, systemClock)
      return { ...made, relays }
    }
    const { name } = device()
    if (invitation === null) throw new NotLetIn('Nobody has invited it yet.')
    const used = invitation
    const refusals: string[] = []
    for (const origin of origins) {
      const access = createRelayHttp(origin, used.workspace, network.fetch(name))
      const joined = await joinBy(used, keys, origin, access)
      if (joined.ok) {
        comings.set(device(), { id: keys.device, invitation: used })
        return { ...joined.value, relays }
      }
      refusals.push(joined.error.message)
    }
    throw new NotLetIn(refusals.join())
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
      endStart()
      return
    }
    const stack = error instanceof Error ? error.stack : ''
    if (device && device.disk().refusals > 0 && REFUSED.test(`${kind} ${stack}`)) {
      endStart()
      return
    }
    story.problem(`${name} failed: ${kind} ${stack}`)
  }

  const add = (): DeviceHost => {
    const name = `d${devices.length}`
    const device: DeviceHost = createDeviceHost(name, {
      machine,
      disks,
      network,
      enter: keys => enter(() => device, keys),
      shown: status => shown(device, status),
      watcher: () => watcher(device),
      census,
      failed,
    })
    devices.push(device)
    return device
  }

  const invite = async ({ session }: Pick<WorkerLife, 'session'>): Promise<void> => {
    const keys = await openDeviceStore()
    const device = await loadDeviceKeys(keys)
    const invited = await inviteDevices({
      workspace: session.workspace,
      device,
      publish: session.publish,
    })
    keys.close()
    if (!invited.ok) throw new NotLetIn(invited.error.message)
    invitation = { ...invited.value, by: device.device }
  }

  const inviteStrangers = (): void => {
    const host = devices.find(device => device.life() !== null && !removed.has(device) && isSynced(device))
    host?.act('invite', async life => {
      if (life.seen().phase === 'synced') await invite(life)
    })
  }

  const start = (device: DeviceHost): void => {
    if (strangers.has(device)) {
      const isIn = device.life() !== null
      if (isIn) strangers.delete(device)
      else inviteStrangers()
    }
    device.start()
  }

  const evict = (device: DeviceHost): void => {
    const remain = devices.filter(other => other !== device && !strangers.has(other) && !removed.has(other))
    if (remain.length === 0) return
    census.count('storage really evicted')
    truth.evicted = true
    strangers.add(device)
    device.replaceDisk(createDisk())
    ledger.lost(device.name)
    places.lost(device.name)
    start(device)
  }

  /**
   * Who came by an invitation that a removed device had made, or had come by itself, is out with it where whoever
   * removed it had not heard of them.
   */
  const isOutToo = ({ id, invitation }: Coming): boolean =>
    removals.some(
      removal =>
        !removal.known.has(id) &&
        (removal.victim === invitation.by || removal.invitation === invitation || isOutBy(invitation.by)),
    )
  const isOutBy = (inviter: DeviceId): boolean =>
    [...comings.values()].some(coming => coming.id === inviter && isOutToo(coming))

  const putOut = (device: DeviceHost): void => {
    removed.add(device)
    ledger.removed(device.name)
    places.lost(device.name)
  }

  return {
    add,
    invite,
    isInvited: () => invitation !== null,
    start,
    evict,
    loseDatabase: device => {
      if (strangers.has(device)) return
      const names = databasesOn(device.disk()).filter(
        name => name.startsWith('holdfast ') && name.split(' ').length === 3,
      )
      const name = dice.pick(names)
      if (name === undefined) return
      census.count('database really lost')
      truth.evicted = true
      truth.damaged.add(device.name)
      device.killWorker()
      loseDatabase(device.disk(), name)
      const document = name.split(' ')[2] as DocumentId
      ledger.lost(device.name, document)
      if (document === HOME_DOCUMENT) places.lost(device.name)
      start(device)
    },
    copy: device => {
      if (removed.size > 0 || devices.length > size.devices || strangers.has(device)) return
      census.count('profile really copied')
      device.killWorker()
      device.killServiceWorker()
      const twin = add()
      twin.replaceDisk(copyDisk(device.disk(), createDisk()))
      twin.start()
    },
    remove: by => {
      // A copied profile is the same member: whoever is put out then cannot be told.
      const staying = devices.filter(other => other !== by && !strangers.has(other) && !removed.has(other))
      const victim = dice.pick(staying)
      if (removed.has(by) || strangers.has(by) || devices.length > size.devices || !victim?.life()) return
      const { id } = victim.life()!
      by.act('remove a device', async ({ session }) => {
        if (removed.has(by) || removed.has(victim)) return
        // Before it is said: whoever says it may die before they know that they did.
        putOut(victim)
        // A link for several ends with whoever came by it.
        invitation = null
        truth.removed = true
        removals.push({
          victim: id,
          invitation: comings.get(victim)?.invitation ?? null,
          known: new Set([...session.workspace.access().devices.keys()]),
        })
        const said = await session.membership.remove([id])
        if (said.ok) census.count('device really removed')
      })
    },
    wipeRemoved: () => {
      for (const [device, coming] of comings) if (isOutToo(coming)) putOut(device)
      for (const device of removed) {
        removed.delete(device)
        evict(device)
        ledger.cameAgain(device.name)
      }
    },
    failed,
  }
}
