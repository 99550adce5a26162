import { checkChain } from '../../protocol/access.ts'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import { formatInvitation, type InvitationLink } from '../../protocol/invitation-link.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { signToken } from '../../protocol/token.ts'
import { type InvitationKeys, invitationKeys } from '../keys/invitation-keys.ts'
import { openRoot } from '../keys/sealed-root.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { StoredWorkspace } from '../storage/device-store.ts'
import { sealedRelay } from '../storage/stored-relay.ts'
import type { RelayHttp } from '../sync/relay/relay-http.ts'
import { inviting, joining } from './access-lists.ts'
import type { Workspace } from './workspace.ts'

const INVITATION_LASTS_MS = 24 * 60 * 60_000
const SEED_BYTES = 32
/** Somebody else may change the list between our reading and our writing; that often in a row is no accident. */
const TRIES = 5

const busy = fail(
  'access-conflict',
  'The list of devices is being changed from elsewhere. Try again in a moment.',
)

/** Adds an invitation to the access list. Errors: a `RefusalCode`, `unreachable`, `root-unreadable`. */
export const inviteDevice = async (deps: {
  readonly workspace: Workspace
  readonly device: DeviceKeys<CryptoKey>
  readonly random: Random
  readonly clock: Clock
  /** Where the invited device opens the app: its origin. */
  readonly app: string
  readonly relay: string
  readonly access: RelayHttp
  /** Takes over newer lists of the relay. */
  readonly refresh: () => Promise<Result<null>>
}): Promise<Result<{ readonly link: string; readonly expires: number }>> => {
  const { workspace } = deps
  const seed = deps.random(SEED_BYTES)
  const keys = await invitationKeys(seed)
  const expires = deps.clock.now() + INVITATION_LASTS_MS
  for (let tries = 0; tries < TRIES; tries += 1) {
    const refreshed = await deps.refresh()
    if (!refreshed.ok) return refreshed
    const root = await workspace.root()
    if (!root.ok) return root
    const before = workspace.lists()
    const list = await inviting(before.at(-1)!, deps.device, keys, root.value, expires, deps.clock.now())
    const written = await deps.access.writeAccess(list, null)
    if (written.ok) {
      // The relay's notice may have been quicker than its answer: then the list is in the chain already.
      const extended = await workspace.extend([...before.map(({ text }) => text), list])
      if (!extended.ok) return extended
      const link = formatInvitation(deps.app, { workspace: workspace.id, seed, relay: deps.relay })
      return ok({ link, expires })
    }
    if (written.error.code !== 'access-conflict') return written
  }
  return busy
}

/** The next access list with this device in it, or the chain as it is where the device is a member already. */
const joinedChain = async (
  link: InvitationLink,
  device: DeviceKeys<CryptoKey>,
  keys: InvitationKeys,
  lists: readonly string[],
  now: number,
): Promise<Result<{ readonly lists: readonly string[]; readonly added: string | null }>> => {
  const chain = await checkChain(link.workspace, lists)
  if (!chain.ok) return chain
  const newest = chain.value.at(-1)!
  if (Object.hasOwn(newest.list.members, device.device)) return ok({ lists, added: null })
  const invitation = newest.list.invitations[keys.id]
  if (!invitation || invitation.exp * 1000 < now) return ended
  const root = await openRoot(newest.list.roots[keys.id], keys.opening)
  if (!root.ok) return root
  const added = await joining(newest, device, keys, root.value, now)
  return ok({ lists: [...lists, added], added })
}

const ended = fail(
  'invitation-ended',
  'This invitation has run out or was taken back. Make a new one with "Add a device" on the other device.',
)

/** Joins with an invitation. Errors: `invitation-ended`, `access-invalid`, a `RefusalCode`, `unreachable`. */
export const joinWorkspace = async (deps: {
  readonly link: InvitationLink
  readonly device: DeviceKeys<CryptoKey>
  readonly clock: Clock
  readonly access: RelayHttp
}): Promise<Result<StoredWorkspace>> => {
  const { link, device, clock } = deps
  const keys = await invitationKeys(new Uint8Array(link.seed))
  for (let tries = 0; tries < TRIES; tries += 1) {
    const request = {
      workspace: link.workspace,
      audience: link.relay,
      scopes: ['join'],
      generation: 0,
      now: Math.floor(clock.now() / 1000),
    } as const
    const lists = await deps.access.readAccess(await signToken(request, keys.signing, keys.publicKey))
    if (!lists.ok) return lists.error.code === 'not-a-member' ? ended : lists
    const joined = await joinedChain(link, device, keys, lists.value, clock.now())
    if (!joined.ok) return joined
    const stored: StoredWorkspace = {
      id: link.workspace,
      lists: joined.value.lists,
      relays: [sealedRelay(link.relay)],
    }
    if (joined.value.added === null) return ok(stored)
    const written = await deps.access.writeAccess(joined.value.added, null)
    if (written.ok) return ok(stored)
    if (written.error.code !== 'access-conflict') return written
  }
  return busy
}
