import { fromBase64url } from '../bytes.ts'
import {
  type DeviceId,
  isDeviceId,
  isNamedRelayId,
  isSessionId,
  isWorkspaceId,
  type NamedRelayId,
  type SessionId,
  type WorkspaceId,
} from '../ids.ts'
import { MAX_CUT_SESSIONS, MAX_PREV } from '../limits.ts'
import { isSoundSealingKey } from '../sound-point.ts'

/** From the one who may do everything down to the one who may only look. */
export const ROLES = ['owner', 'admin', 'editor', 'reader'] as const
export type Role = (typeof ROLES)[number]

export const isRole = (value: unknown): value is Role => (ROLES as readonly unknown[]).includes(value)

/** A person is known by the device that they came with; further devices of theirs carry the same id. */
export type PersonId = DeviceId
/** Thumbprint of an invitation's Ed25519 key. */
export type InvitationId = string

/** By session, the sequence of the last envelope that still counts of a device that may write no more. */
export type Cut = Readonly<Record<SessionId, number>>
export type Cuts = Readonly<Record<DeviceId, Cut>>

/** An epoch's root, sealed: a compact JWE (RFC 7516) by the thumbprint of the Ed25519 key of whoever can open it. */
export type SealedRoots = Readonly<Record<string, string>>

/**
 * What a statement does. `sealing` is a public X25519 key (32 bytes, base64url), `card` a sealed name that only members
 * can read, or null.
 */
export type Act =
  /** Makes the workspace; its own key signs it. */
  | {
      readonly do: 'found'
      readonly device: DeviceId
      readonly sealing: string
      readonly card: string | null
    }
  | {
      readonly do: 'invite'
      readonly invitation: InvitationId
      /** The role of whoever comes; null where it is another device of `person`. */
      readonly role: Role | null
      readonly person: PersonId | null
      /** Seconds since 1970; null for a recovery key, which does not run out. */
      readonly exp: number | null
      /** It ends with its first use. */
      readonly once: boolean
      readonly sealing: string
      readonly card: string | null
    }
  | { readonly do: 'revoke'; readonly invitation: InvitationId }
  /** Signed by an invitation's key; `root` is the epoch's root, which the invitation held, sealed to the device. */
  | {
      readonly do: 'join'
      readonly device: DeviceId
      readonly sealing: string
      readonly card: string | null
      /** The device's own word that it joins: see join-proof.ts. */
      readonly proof: string
      readonly root: { readonly epoch: number; readonly sealed: string } | null
    }
  | { readonly do: 'remove'; readonly devices: readonly DeviceId[]; readonly cuts: Cuts }
  | { readonly do: 'role'; readonly person: PersonId; readonly role: Role; readonly cuts: Cuts }
  | {
      readonly do: 'rotate'
      /** From 1 to 2^32 - 1, drawn at random: two that are made at the same time must not be the same. */
      readonly epoch: number
      /** What its root can be told by, base64url. */
      readonly check: string
      readonly roots: SealedRoots
      /** Roots of earlier epochs, each sealed under this one: a compact JWE by epoch. */
      readonly former: Readonly<Record<string, string>>
    }
  /** Hands an epoch's root to members who have come without it. */
  | { readonly do: 'seal'; readonly epoch: number; readonly roots: SealedRoots }
  | { readonly do: 'card'; readonly device: DeviceId; readonly card: string }
  /** Names a relay for all devices, with its address sealed in the card; null: it is named no more. */
  | { readonly do: 'relay'; readonly relay: NamedRelayId; readonly card: string | null }
  /** The workspace is deleted for everyone. */
  | { readonly do: 'end' }

/** What is signed. */
export interface Claims {
  readonly ws: WorkspaceId
  /** 0 for the first statement, then one more than the largest of those it builds on. */
  readonly gen: number
  /** SHA-256 of the text of the statements that it builds on, base64url, sorted. */
  readonly prev: readonly string[]
  /** Seconds since 1970, by the signer's clock. */
  readonly iat: number
  readonly acts: readonly Act[]
}

const MAX_EPOCH = 0xffff_ffff
const MAX_ACTS = 64
const MAX_CARD = 2048

type Check = (value: unknown) => boolean
const isCount: Check = value => Number.isSafeInteger(value) && (value as number) >= 0
const isText: Check = value => typeof value === 'string'
const isCard: Check = value => value === null || (typeof value === 'string' && value.length <= MAX_CARD)
const isKey: Check = isDeviceId
const isSealingKey: Check = value => isKey(value) && isSoundSealingKey(fromBase64url(value as string))
const isEpoch: Check = value => isCount(value) && (value as number) > 0 && (value as number) <= MAX_EPOCH
const orNull =
  (check: Check): Check =>
  value =>
    value === null || check(value)
const listOf =
  (check: Check, most: number): Check =>
  value =>
    Array.isArray(value) && value.length <= most && value.every(check)
const recordOf =
  (key: Check, check: Check, most: number): Check =>
  value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const entries = Object.entries(value)
    return entries.length <= most && entries.every(([name, item]) => key(name) && check(item))
  }

const MANY = 10_000
const isCuts = recordOf(isDeviceId, recordOf(isSessionId, isCount, MAX_CUT_SESSIONS), MANY)
const isRoots = recordOf(isKey, isText, MANY)
const isSealedRoot: Check = value => {
  const { epoch, sealed } = (value ?? {}) as Record<string, unknown>
  return isEpoch(epoch) && isText(sealed)
}
const isFormer = recordOf(name => isText(name) && /^[1-9]\d{0,9}$/.test(name as string), isText, MANY)

const FIELDS: { readonly [Name in Act['do']]: Readonly<Record<string, Check>> } = {
  found: { device: isDeviceId, sealing: isSealingKey, card: isCard },
  invite: {
    invitation: isKey,
    role: orNull(isRole),
    person: orNull(isDeviceId),
    exp: orNull(isCount),
    once: value => typeof value === 'boolean',
    sealing: isSealingKey,
    card: isCard,
  },
  revoke: { invitation: isKey },
  join: {
    device: isDeviceId,
    sealing: isSealingKey,
    card: isCard,
    proof: isText,
    root: orNull(isSealedRoot),
  },
  remove: { devices: listOf(isDeviceId, MANY), cuts: isCuts },
  role: { person: isDeviceId, role: isRole, cuts: isCuts },
  rotate: { epoch: isEpoch, check: isKey, roots: isRoots, former: isFormer },
  seal: { epoch: isEpoch, roots: isRoots },
  card: { device: isDeviceId, card: value => isText(value) && isCard(value) },
  relay: { relay: isNamedRelayId, card: isCard },
  end: {},
}

const isAct = (value: unknown): value is Act => {
  if (typeof value !== 'object' || value === null) return false
  const act = value as Record<string, unknown>
  const name = act.do
  if (typeof name !== 'string' || !Object.hasOwn(FIELDS, name)) return false
  const fields = FIELDS[name as Act['do']]
  return Object.entries(fields).every(([field, check]) => check(act[field]))
}

export const isClaims = (value: unknown): value is Claims => {
  if (typeof value !== 'object' || value === null) return false
  const { ws, gen, prev, iat, acts } = value as Record<string, unknown>
  return (
    isWorkspaceId(ws) &&
    isCount(gen) &&
    isCount(iat) &&
    listOf(isKey, MAX_PREV)(prev) &&
    listOf(isAct, MAX_ACTS)(acts) &&
    (acts as unknown[]).length > 0
  )
}
