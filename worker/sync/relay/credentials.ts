import { mayStillCount } from '../../../protocol/access/rights.ts'
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
  /** Takes over what is new about the members. */
  readonly follow: () => Promise<void>
}

export const createCredentials = ({ workspace, device, relay, clock, random, follow }: Deps): Credentials => {
  const keys = {
    workspace: workspace.id,
    device,
    random,
    contentKeys: workspace.contentKeys,
    epoch: workspace.epoch,
    follow,
  }
  return {
    token: () =>
      signToken(
        {
          workspace: workspace.id,
          audience: relay,
          scopes: ['read', 'write'],
          generation: workspace.access().gen,
          now: Math.floor(clock.now() / 1000),
        },
        device.signing,
        device.publicKey,
      ),
    sealer: createSealer({
      ...keys,
      counts: async (other, session, sequence) => {
        const counts = () => mayStillCount(workspace.access(), other, session, sequence)
        if (!counts()) await follow() // it may have joined a moment ago
        return counts()
      },
      isKnown: other => workspace.isMember(other) || workspace.access().cuts.has(other),
      // Who may not write sends nothing anew.
      isForAll: epoch => !workspace.mayWrite() || workspace.isForAll(epoch),
      onTaken: workspace.heard.note,
    }),
    slotSealer: createSlotSealer(keys),
  }
}
