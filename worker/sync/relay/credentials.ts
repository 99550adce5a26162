import type { DeviceKeys } from '../../../protocol/device-database.ts'
import { signToken } from '../../../protocol/token.ts'
import { createSealer, type Sealer } from '../../keys/sealer.ts'
import { createSlotSealer, type SlotSealer } from '../../keys/slot-sealer.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Random } from '../../platform/random.ts'
import type { Workspace } from '../../workspace/workspace.ts'

/** What this device shows to a relay, and seals and signs with. */
export interface Credentials {
  token(): Promise<string>
  readonly sealer: Sealer
  readonly slotSealer: SlotSealer
}

interface Deps {
  readonly workspace: Workspace
  readonly device: DeviceKeys<CryptoKey>
  /** Origin of the relay. */
  readonly relay: string
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
  /** Takes over newer access lists. */
  readonly follow: () => Promise<void>
}

export const createCredentials = ({ workspace, device, relay, clock, random, follow }: Deps): Credentials => {
  const keys = {
    workspace: workspace.id,
    device,
    random,
    contentKeys: workspace.contentKeys,
    epoch: workspace.epoch,
  }
  return {
    token: () =>
      signToken(
        {
          workspace: workspace.id,
          audience: relay,
          scopes: ['read', 'write'],
          generation: workspace.newest().list.gen,
          now: Math.floor(clock.now() / 1000),
        },
        device.signing,
        device.publicKey,
      ),
    sealer: createSealer({
      ...keys,
      isMember: async other => {
        if (workspace.isMember(other)) return true
        await follow() // it may have joined a moment ago
        return workspace.isMember(other)
      },
    }),
    slotSealer: createSlotSealer(keys),
  }
}
