import type { Bytes } from '../../protocol/bytes.ts'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import { ok, type Result } from '../../protocol/result.ts'
import { systemClock } from '../../worker/platform/clock.ts'
import { systemRandom } from '../../worker/platform/random.ts'
import { sealedRelay } from '../../worker/storage/stored-relay.ts'
import type { StoredWorkspace } from '../../worker/storage/stored-workspace.ts'
import type { RelayHttp } from '../../worker/sync/relay/relay-http.ts'
import { acceptInvitation, SEED_BYTES, sayInvitation } from '../../worker/workspace/invitation.ts'
import type { Workspace } from '../../worker/workspace/workspace.ts'

const DAY_MS = 24 * 3_600_000

/** What whoever is invited gets to know. */
export interface TestInvitation {
  readonly workspace: string
  readonly seed: Bytes
}

/** Invites as many devices of the same person as come within a day. */
export const inviteDevices = async (deps: {
  readonly workspace: Workspace
  readonly device: DeviceKeys<CryptoKey>
  /** Brings it to the relay. */
  readonly publish: () => Promise<Result<null>>
}): Promise<Result<TestInvitation>> => {
  const seed = systemRandom(SEED_BYTES)
  const said = await sayInvitation(deps.workspace, deps.device, seed, {
    role: null,
    expires: systemClock.now() + DAY_MS,
    once: false,
    card: { workspace: 'Ours', from: 'Ana' },
  })
  if (!said.ok) return said
  const published = await deps.publish()
  return published.ok ? ok({ workspace: deps.workspace.id, seed }) : published
}

/** Joins by an invitation at a relay. */
export const joinBy = async (
  invitation: TestInvitation,
  device: DeviceKeys<CryptoKey>,
  relay: string,
  access: RelayHttp,
): Promise<Result<StoredWorkspace>> => {
  const joined = await acceptInvitation({
    ...invitation,
    relay,
    access,
    device,
    name: device.device.slice(0, 5),
    clock: systemClock,
  })
  if (!joined.ok) return joined
  return ok({ id: invitation.workspace, statements: joined.value, relays: [sealedRelay(relay)] })
}
