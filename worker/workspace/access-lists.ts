import { type AccessList, type CheckedList, listHash, signAccessList } from '../../protocol/access.ts'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import { thumbprint, type WorkspaceId } from '../../protocol/ids.ts'
import { ed25519PublicKey } from '../keys/device-keys.ts'
import type { InvitationKeys } from '../keys/invitation-keys.ts'
import { ROOT_BYTES, sealRoot } from '../keys/sealed-root.ts'
import type { Random } from '../platform/random.ts'

type Keys = DeviceKeys<CryptoKey>

const FIRST_EPOCH = 1

/** Makes a workspace whose only member is this device. Its own key signs the first list and is then forgotten. */
export const firstList = async (
  device: Keys,
  random: Random,
  now: number,
): Promise<{ id: WorkspaceId; text: string }> => {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const publicKey = await ed25519PublicKey(pair.publicKey)
  const id = await thumbprint(publicKey)
  const list: AccessList = {
    ws: id,
    gen: 0,
    prev: null,
    epoch: FIRST_EPOCH,
    members: { [device.device]: 'owner' },
    invitations: {},
    roots: { [device.device]: await sealRoot(random(ROOT_BYTES), device.sealing) },
    sealing: { [device.device]: device.sealing },
    iat: Math.floor(now / 1000),
  }
  return { id, text: await signAccessList(list, pair.privateKey, publicKey) }
}

const following = async (before: CheckedList, now: number): Promise<AccessList> => ({
  ...before.list,
  gen: before.list.gen + 1,
  prev: await listHash(before.text),
  iat: Math.floor(now / 1000),
})

/** The next list, with one more invitation and without those that have run out. */
export const inviting = async (
  before: CheckedList,
  device: Keys,
  invitation: InvitationKeys,
  root: Uint8Array,
  expires: number,
  now: number,
): Promise<string> => {
  const list = await following(before, now)
  const current = Object.entries(list.invitations).filter(([, { exp }]) => exp * 1000 > now)
  const readers = new Set([...Object.keys(list.members), ...current.map(([id]) => id)])
  const roots = Object.entries(list.roots).filter(([id]) => readers.has(id))
  return signAccessList(
    {
      ...list,
      invitations: {
        ...Object.fromEntries(current),
        [invitation.id]: { role: 'owner', exp: Math.floor(expires / 1000), once: false },
      },
      roots: { ...Object.fromEntries(roots), [invitation.id]: await sealRoot(root, invitation.sealing) },
    },
    device.signing,
    device.publicKey,
  )
}

/** The next list, by which an invitation adds this device. */
export const joining = async (
  before: CheckedList,
  device: Keys,
  invitation: InvitationKeys,
  root: Uint8Array,
  now: number,
): Promise<string> => {
  const list = await following(before, now)
  const { role, once } = list.invitations[invitation.id]!
  const { [invitation.id]: ended, ...otherInvitations } = list.invitations
  const { [invitation.id]: endedRoot, ...otherRoots } = list.roots
  return signAccessList(
    {
      ...list,
      members: { ...list.members, [device.device]: role },
      sealing: { ...list.sealing, [device.device]: device.sealing },
      invitations: once || !ended ? otherInvitations : list.invitations,
      roots: {
        ...(once || !endedRoot ? otherRoots : list.roots),
        [device.device]: await sealRoot(root, device.sealing),
      },
    },
    invitation.signing,
    invitation.publicKey,
  )
}
