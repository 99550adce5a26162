import type { Role } from '../../../protocol/access/acts.ts'
import type { Bytes } from '../../../protocol/bytes.ts'
import type { DeviceKeys } from '../../../protocol/device-database.ts'
import type { Result } from '../../../protocol/result.ts'
import { generateDeviceKeys } from '../../../worker/keys/device-keys.ts'
import { systemRandom } from '../../../worker/platform/random.ts'
import { type DeviceStore, openDeviceStore } from '../../../worker/storage/device-store.ts'
import type { StoredWorkspace } from '../../../worker/storage/stored-workspace.ts'
import { createAccessAgreement } from '../../../worker/sync/relay/access-agreement.ts'
import { acceptInvitation, SEED_BYTES, sayInvitation } from '../../../worker/workspace/invitation.ts'
import { createMembership, type Membership } from '../../../worker/workspace/membership.ts'
import { createWorkspace, openWorkspace, type Workspace } from '../../../worker/workspace/workspace.ts'
import { createFakeAccessRelay, type FakeAccessRelay } from '../../support/fake-access-relay.ts'

const RELAY = 'http://localhost:4321'
export const DAY = 24 * 3_600_000

export const expectOk = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}
export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code)

export interface Person {
  readonly keys: DeviceKeys<CryptoKey>
  readonly workspace: Workspace
  readonly membership: Membership
  /** Takes over what the relay has, and brings it what it lacks. */
  meet(): Promise<Result<null>>
}

let stores = 0

/** People of one workspace who meet at a relay whenever a test says so. */
export const createPeople = async () => {
  let now = Date.now()
  const clock = { now: () => now, after: () => () => {} }

  const settleIn = async (
    keys: DeviceKeys<CryptoKey>,
    stored: StoredWorkspace,
    store: DeviceStore,
    at: FakeAccessRelay,
  ): Promise<Person> => {
    const workspace = expectOk(await openWorkspace(stored, { device: keys, store, clock }))
    const agreement = createAccessAgreement({
      workspace,
      http: at,
      operatorCode: null,
      token: async () => 'token',
      onBehind: () => undefined,
    })
    return {
      keys,
      workspace,
      membership: createMembership({ workspace, self: keys.device, random: systemRandom, clock }),
      meet: async () => agreement.agree(at.texts().length === 0 ? null : await at.digest()),
    }
  }

  const open = async () => {
    stores += 1
    return openDeviceStore(`people ${stores}`)
  }

  const ownersKeys = await generateDeviceKeys()
  const made = await createWorkspace(ownersKeys, systemRandom, clock)
  const relay = createFakeAccessRelay(made.id)
  const owner = await settleIn(ownersKeys, made, await open(), relay)
  await owner.meet()

  const invite = async (by: Person, role: Role | null, once = true): Promise<Bytes> => {
    const seed = systemRandom(SEED_BYTES)
    const card = { workspace: 'Ours', from: 'Ana' }
    expectOk(await sayInvitation(by.workspace, by.keys, seed, { role, expires: now + DAY, once, card }))
    expectOk(await by.meet())
    return seed
  }

  const invitationAt = (seed: Bytes, access: FakeAccessRelay = relay) => ({
    workspace: made.id,
    seed,
    relay: RELAY,
    clock,
    access,
  })

  const join = async (seed: Bytes, at: FakeAccessRelay = relay, name = 'Ben'): Promise<Person> => {
    const device = await generateDeviceKeys()
    const statements = expectOk(await acceptInvitation({ ...invitationAt(seed, at), device, name }))
    return settleIn(device, { id: made.id, statements, relays: [] }, await open(), at)
  }

  return {
    relay,
    owner,
    clock,
    invite,
    invitationAt,
    join,
    /** Invites and lets join. */
    add: async (role: Role | null, by: Person = owner): Promise<Person> => join(await invite(by, role)),
    later: (ms: number) => {
      now += ms
    },
  }
}
