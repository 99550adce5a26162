import type { DeviceKeys } from '../../protocol/device-database.ts'
import { type DocumentId, HOME_DOCUMENT, type WorkspaceId } from '../../protocol/ids.ts'
import { fail } from '../../protocol/result.ts'
import type { SyncValue } from '../../protocol/views.ts'
import { loadDeviceKeys } from '../../worker/keys/device-keys.ts'
import { systemClock } from '../../worker/platform/clock.ts'
import { systemRandom } from '../../worker/platform/random.ts'
import { openDeviceStore, type StoredWorkspace } from '../../worker/storage/device-store.ts'
import { sealedRelay } from '../../worker/storage/stored-relay.ts'
import { createRelayHttp, type RelayHttp } from '../../worker/sync/relay/relay-http.ts'
import { createWorkspace } from '../../worker/workspace/workspace.ts'
import { inviteDevices, joinBy, type TestInvitation } from '../support/membership.ts'
import { createDeviceHost, type DeviceHost } from './device-host.ts'
import { copyDisk } from './engine/copy-disk.ts'
import { createDisk } from './engine/disk.ts'
import { databasesOn, loseDatabase } from './engine/read-disk.ts'
import type { LoadedWatcher } from './loaded.ts'
import type { Network } from './network.ts'
import { ORIGIN } from './relay-host.ts'
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
  /** Whether devices were invited after the first ones. */
  hasOthers(): boolean
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

/** A device could not join yet, or could not be invited. */
class NotLetIn extends Error {}

export const createMembers = ({ story, network, shown, watcher, ...size }: Deps): Members => {
  const { machine, disks, dice, census, ledger, places, truth, devices } = story
  let invitation: TestInvitation | null = null
  /** Devices that have to be invited before they can start, again or for the first time. */
  const strangers = new Set<DeviceHost>()
  /** Those that were invited after the first ones. */
  const others = new Set<DeviceHost>()
  /** How many statements about members each device knew when it was last seen. */
  const lists = new Map<DeviceHost, number>()

  const listsOf = (device: DeviceHost): number =>
    device.life()?.session.workspace.statements().length ?? lists.get(device) ?? 0
  /** Only who knows all lists may go on from them; those that nobody has any more never were. */
  const newest = (): number => Math.max(...devices.map(listsOf))

  const access = (workspace: WorkspaceId, device: string) =>
    createRelayHttp(ORIGIN, workspace, network.fetch(device))

  const enter = async (device: () => DeviceHost, keys: DeviceKeys<CryptoKey>): Promise<StoredWorkspace> => {
    if (truth.oracle === null) {
      const made = await createWorkspace(keys, systemRandom, systemClock)
      return { ...made, relays: [sealedRelay(ORIGIN)] }
    }
    const { name } = device()
    const relay = access(invitation!.workspace, name)
    const readAccess: RelayHttp['readAccess'] = async token => {
      const read = await relay.readAccess(token)
      // A relay that lost some may have as few as when the invitation was made.
      if (strangers.has(device()) && read.ok && read.value.length < newest())
        throw new NotLetIn('The relay does not have all lists yet.')
      return read
    }
    const joined = await joinBy(invitation!, keys, ORIGIN, { ...relay, readAccess })
    if (!joined.ok) throw new NotLetIn(joined.error.message)
    lists.set(device(), joined.value.statements.length)
    return joined.value
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
    story.problem(`${name} failed: ${kind} ${stack}`)
  }

  const add = (): DeviceHost => {
    const name = `d${devices.length}`
    const device: DeviceHost = createDeviceHost(name, {
      machine,
      disks,
      network,
      enter: keys => enter(() => device, keys),
      shown: status => {
        const life = device.life()
        if (life) lists.set(device, life.session.workspace.statements().length)
        shown(device, status)
      },
      watcher: () => watcher(device),
      census,
      failed,
    })
    devices.push(device)
    return device
  }

  const invite = async ({ session }: Pick<WorkerLife, 'session'>): Promise<void> => {
    const keys = await openDeviceStore()
    const invited = await inviteDevices({
      workspace: session.workspace,
      device: await loadDeviceKeys(keys),
      publish: async () =>
        session.sync()?.at(ORIGIN)?.access.publish() ?? fail('sync-off', 'Somebody has just turned it off.'),
    })
    keys.close()
    if (!invited.ok) throw new NotLetIn(invited.error.message)
    invitation = invited.value
  }

  const inviteStrangers = (): void => {
    const most = newest()
    const host = devices.find(device => device.life() !== null && listsOf(device) === most)
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

  return {
    add,
    invite,
    isInvited: () => invitation !== null,
    start,
    evict: device => {
      const remain = devices.filter(other => other !== device && !strangers.has(other))
      if (remain.length === 0) return
      census.count('storage really evicted')
      truth.evicted = true
      others.add(device)
      strangers.add(device)
      lists.delete(device)
      device.replaceDisk(createDisk())
      ledger.lost(device.name)
      places.lost(device.name)
      start(device)
    },
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
      if (devices.length > size.devices || strangers.has(device)) return
      census.count('profile really copied')
      device.killWorker()
      device.killServiceWorker()
      const twin = add()
      twin.replaceDisk(copyDisk(device.disk(), createDisk()))
      twin.start()
    },
    hasOthers: () => others.size > 0,
    failed,
  }
}
