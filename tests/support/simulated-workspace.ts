import type { DeviceKeys } from '../../protocol/device-database.ts'
import { systemClock } from '../../worker/platform/clock.ts'
import { systemRandom } from '../../worker/platform/random.ts'
import { sealedRelay } from '../../worker/storage/stored-relay.ts'
import type { StoredWorkspace } from '../../worker/storage/stored-workspace.ts'
import { createRelayHttp } from '../../worker/sync/relay/relay-http.ts'
import { createWorkspace } from '../../worker/workspace/workspace.ts'
import { inviteDevices, joinBy } from './membership.ts'
import { createDevice, type Device, type DeviceLife } from './simulated-device.ts'

/** A device with the life that it leads now. */
export interface LivingDevice {
  readonly device: Device
  readonly life: DeviceLife
}

let workspaces = 0

/** Devices of one workspace at a relay, all running and synced; the first made it and invited the others. */
export const createDevicesAt = async (
  relay: string,
  count: number,
  sockets?: Parameters<typeof createDevice>[0]['sockets'],
): Promise<LivingDevice[]> => {
  workspaces += 1
  const living: LivingDevice[] = []
  const add = async (workspace: (keys: DeviceKeys<CryptoKey>) => Promise<StoredWorkspace>) => {
    const device = await createDevice({
      name: `workspace ${workspaces} device ${living.length}`,
      workspace,
      ...(sockets && { sockets }),
    })
    const life = await device.start()
    await life.synced()
    living.push({ device, life })
  }
  await add(async keys => ({
    ...(await createWorkspace(keys, systemRandom, systemClock)),
    relays: [sealedRelay(relay)],
  }))
  const { device, life } = living[0]!
  const access = createRelayHttp(relay, life.workspace.id, fetch)
  const invited = await inviteDevices({
    workspace: life.workspace,
    device: device.keys,
    publish: life.sync.access.publish,
  })
  if (!invited.ok) throw new Error(invited.error.message)
  while (living.length < count) {
    await add(async keys => {
      const joined = await joinBy(invited.value, keys, relay, access)
      if (!joined.ok) throw new Error(joined.error.message)
      return joined.value
    })
  }
  return living
}
