import type { Act, Claims, InvitationId, Role, SealedRoots } from '../../protocol/access/acts.ts'
import type { Access } from '../../protocol/access/judge.ts'
import { roleOfDevice } from '../../protocol/access/rights.ts'
import { rankOf } from '../../protocol/access/state.ts'
import { signStatement } from '../../protocol/access/statement.ts'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import { type PublicKey, thumbprint, type WorkspaceId } from '../../protocol/ids.ts'
import { CLOCK_TOLERANCE_SECONDS } from '../../protocol/limits.ts'
import { ed25519PublicKey } from '../keys/device-keys.ts'
import type { InvitationKeys } from '../keys/invitation-keys.ts'
import { ROOT_BYTES, rootCheck, sealFormerRoot, sealRoot } from '../keys/sealed-root.ts'
import type { Random } from '../platform/random.ts'
import type { Ground } from './ground.ts'

/** Whoever says something. */
export interface Signer {
  readonly signing: CryptoKey
  readonly publicKey: PublicKey
}

const seconds = (now: number): number => Math.floor(now / 1000)

/** The next statement. `now` is in milliseconds since 1970. */
export const nextStatement = (
  ws: WorkspaceId,
  { gen, prev }: Ground,
  acts: readonly Act[],
  { signing, publicKey }: Signer,
  now: number,
): Promise<string> => {
  const claims: Claims = { ws, gen, prev, iat: seconds(now), acts }
  return signStatement(claims, signing, publicKey)
}

const LARGEST_EPOCH = 0xffff_ffff

/** Drawn at random, so that two that are made at the same time differ. */
const newEpoch = (random: Random): number =>
  Math.max(1, new DataView(random(4).buffer).getUint32(0) % LARGEST_EPOCH)

/** Makes a workspace whose only member is this device. Its own key signs the first statement and is then forgotten. */
export const firstStatement = async (
  device: DeviceKeys<CryptoKey>,
  random: Random,
  now: number,
): Promise<{ id: WorkspaceId; text: string }> => {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const publicKey = await ed25519PublicKey(pair.publicKey)
  const id = await thumbprint(publicKey)
  const root = random(ROOT_BYTES)
  const claims: Claims = {
    ws: id,
    gen: 0,
    prev: [],
    iat: seconds(now),
    acts: [
      { do: 'found', device: device.device, sealing: device.sealing, card: null },
      {
        do: 'rotate',
        epoch: newEpoch(random),
        check: await rootCheck(root),
        roots: { [device.device]: await sealRoot(root, device.sealing) },
        former: {},
      },
    ],
  }
  return { id, text: await signStatement(claims, pair.privateKey, publicKey) }
}

/** Copies of a root that fit one statement, with what else may stand in it. Who gets none is owed one: see `settle`. */
const MOST_READERS = 300

const sealedTo = async (
  root: Uint8Array,
  readers: Iterable<readonly [string, { readonly sealing: string }]>,
): Promise<SealedRoots> =>
  Object.fromEntries(
    await Promise.all(
      [...readers]
        .slice(0, MOST_READERS)
        .map(async ([id, { sealing }]) => [id, await sealRoot(root, sealing)]),
    ),
  )

/** Whoever is to have the new keys, and the roots of before that they may read with them. */
interface Rotation {
  readonly readers: Iterable<readonly [string, { readonly sealing: string }]>
  /** By epoch. */
  readonly former: ReadonlyMap<number, Uint8Array>
  readonly random: Random
}

/** New keys, which nobody has but the readers. */
export const rotating = async ({ readers, former, random }: Rotation): Promise<Act> => {
  const root = random(ROOT_BYTES)
  return {
    do: 'rotate',
    epoch: newEpoch(random),
    check: await rootCheck(root),
    roots: await sealedTo(root, readers),
    former: Object.fromEntries(
      await Promise.all([...former].map(async ([epoch, old]) => [epoch, await sealFormerRoot(root, old)])),
    ),
  }
}

/** Hands an epoch's root to those who have come without it. */
export const handingOver = async (access: Access, root: Uint8Array, to: Iterable<string>): Promise<Act> => {
  const readers = [...to].flatMap(id => {
    const reader = access.devices.get(id) ?? access.invitations.get(id)
    return reader ? [[id, reader] as const] : []
  })
  return { do: 'seal', epoch: access.epoch, roots: await sealedTo(root, readers) }
}

/** For whom an invitation is, and for how long. */
export interface InvitationTerms {
  /** The role of whoever comes; null for another device of one's own. */
  readonly role: Role | null
  /** Milliseconds since 1970; null for a recovery key. */
  readonly expires: number | null
  readonly once: boolean
  readonly card: string | null
}

/** An invitation, with the root so that whoever comes by it can read. */
export const inviting = async (
  access: Access,
  device: DeviceKeys<CryptoKey>,
  keys: Pick<InvitationKeys, 'id' | 'sealing'>,
  { role, expires, once, card }: InvitationTerms,
  root: Uint8Array,
): Promise<readonly Act[]> => {
  const person = role === null ? (access.devices.get(device.device)?.person ?? null) : null
  const exp = expires === null ? null : seconds(expires)
  return [
    { do: 'invite', invitation: keys.id, role, person, exp, once, sealing: keys.sealing, card },
    { do: 'seal', epoch: access.epoch, roots: { [keys.id]: await sealRoot(root, keys.sealing) } },
  ]
}

/**
 * Whoever is left without some devices and invitations: devices before invitations, and those over others first. An
 * invitation that has run out lets nobody in, so nobody is to read by it. `now` is in milliseconds since 1970.
 */
export const readersWithout = (
  access: Pick<Access, 'devices' | 'invitations' | 'roles'>,
  gone: { readonly devices?: readonly string[]; readonly invitations?: readonly InvitationId[] },
  now: number,
): readonly (readonly [string, { readonly sealing: string }])[] => {
  const { devices, invitations } = access
  const rank = (id: string): number => rankOf(roleOfDevice(access, id))
  const out = new Set([...(gone.devices ?? []), ...(gone.invitations ?? [])])
  const vias = new Set([...out].flatMap(id => devices.get(id)?.via ?? []))
  return [
    ...[...devices].filter(([id]) => !out.has(id)).sort(([a], [b]) => rank(a) - rank(b)),
    // These end with the removal: see `apply` in protocol/access/state.ts.
    ...[...invitations]
      .filter(([id, { by, once }]) => !out.has(id) && !out.has(by) && (once || !vias.has(id)))
      .filter(([, { exp }]) => exp === null || seconds(now) <= exp + CLOCK_TOLERANCE_SECONDS)
      .sort(([, a], [, b]) => rank(a.by) - rank(b.by)),
  ]
}
