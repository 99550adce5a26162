import { CompactSign, compactVerify, decodeProtectedHeader, importJWK } from 'jose'
import { toBase64url } from './bytes.ts'
import {
  type DeviceId,
  isDeviceId,
  isPublicKey,
  isWorkspaceId,
  type PublicKey,
  thumbprint,
  type WorkspaceId,
} from './ids.ts'
import { CLOCK_TOLERANCE_SECONDS, MAX_ACCESS_LIST_BYTES } from './limits.ts'
import { fail, ok, type Result } from './result.ts'
import { sha256 } from './web-crypto.ts'

export type Role = 'owner'

/** An invitation's key may add one device in its role, until `exp` (seconds since 1970). */
export interface Invitation {
  readonly role: Role
  readonly exp: number
  /** The invitation ends with its first use. */
  readonly once: boolean
}

/** Who may do what in a workspace. A compact JWS (RFC 7515, EdDSA) with typ `holdfast-access+jwt` and the signer's `jwk`. */
export interface AccessList {
  readonly ws: WorkspaceId
  /** 0 for the first list, then one more each time. */
  readonly gen: number
  /** SHA-256 of the text of the list before, base64url; null for the first. */
  readonly prev: string | null
  /** The content key epoch that new envelopes use. */
  readonly epoch: number
  readonly members: Readonly<Record<DeviceId, Role>>
  /** By thumbprint of the invitation's key. */
  readonly invitations: Readonly<Record<string, Invitation>>
  /**
   * The epoch's root (32 bytes), sealed to each member device's and invitation's X25519 key: a compact JWE
   * (RFC 7516, ECDH-ES with A256GCM) by the thumbprint of the Ed25519 key of its reader.
   */
  readonly roots: Readonly<Record<string, string>>
  /** Public X25519 keys (32 bytes, base64url) of the member devices. */
  readonly sealing: Readonly<Record<DeviceId, string>>
  /** Seconds since 1970. */
  readonly iat: number
}

/** A list that was checked, with the text whose hash the next one names. */
export interface CheckedList {
  readonly list: AccessList
  readonly text: string
}

const ACCESS_LIST_TYPE = 'holdfast-access+jwt'
type SigningKey = Parameters<CompactSign['sign']>[0]

export const listHash = async (text: string): Promise<string> => toBase64url(await sha256(asciiBytes(text)))

export const signAccessList = (list: AccessList, key: SigningKey, publicKey: PublicKey): Promise<string> =>
  new CompactSign(asciiBytes(JSON.stringify(list)))
    .setProtectedHeader({ alg: 'EdDSA', typ: ACCESS_LIST_TYPE, jwk: { ...publicKey } })
    .sign(key)

const ASCII_CHUNK = 8192

// Access lists hold ids, numbers and base64url only, so ASCII is all of UTF-8 that is needed.
const asciiBytes = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index)
  return bytes
}
const decodeAscii = (bytes: Uint8Array): string => {
  let text = ''
  // No engine takes all letters of a long list as arguments of one call.
  for (let at = 0; at < bytes.length; at += ASCII_CHUNK)
    // Spread, each letter would go through an iterator.
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + ASCII_CHUNK) as unknown as number[])
  return text
}

const invalid = (why: string): Result<never> => fail('access-invalid', `The access list was refused: ${why}.`)

const isRecordOf = (value: unknown, key: (k: string) => boolean, item: (v: unknown) => boolean): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.entries(value).every(([k, v]) => key(k) && item(v))

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isText = (value: unknown): value is string => typeof value === 'string'
const isRole = (value: unknown): value is Role => value === 'owner'
const isInvitation = (value: unknown): value is Invitation => {
  const { role, exp, once } = (value ?? {}) as Record<string, unknown>
  return isRole(role) && isCount(exp) && typeof once === 'boolean'
}

const isAccessList = (value: unknown): value is AccessList => {
  if (typeof value !== 'object' || value === null) return false
  const list = value as Record<string, unknown>
  return (
    isWorkspaceId(list.ws) &&
    isCount(list.gen) &&
    (list.prev === null || isText(list.prev)) &&
    isCount(list.epoch) &&
    isCount(list.iat) &&
    isRecordOf(list.members, isDeviceId, isRole) &&
    isRecordOf(list.invitations, isDeviceId, isInvitation) &&
    isRecordOf(list.roots, isDeviceId, isText) &&
    isRecordOf(list.sealing, isDeviceId, isText)
  )
}

interface Signed {
  readonly list: AccessList
  readonly signer: string
}

/** Checks the signature by the key that the list itself names, and the shape; not yet whether that key may sign. */
const readSigned = async (text: string): Promise<Result<Signed>> => {
  if (text.length > MAX_ACCESS_LIST_BYTES) return invalid('it is too large')
  try {
    const { alg, typ, jwk } = decodeProtectedHeader(text)
    if (alg !== 'EdDSA' || typ !== ACCESS_LIST_TYPE || !isPublicKey(jwk))
      return invalid('its header is not known')
    const key = { kty: jwk.kty, crv: jwk.crv, x: jwk.x }
    const { payload } = await compactVerify(text, await importJWK(key, 'EdDSA'), { algorithms: ['EdDSA'] })
    const list: unknown = JSON.parse(decodeAscii(payload))
    if (!isAccessList(list)) return invalid('a field is missing or wrong')
    return ok({ list, signer: await thumbprint(key) })
  } catch {
    return invalid('its signature or text is wrong')
  }
}

const sameEntries = (a: object, b: object): boolean => {
  const left = Object.entries(a)
  return (
    left.length === Object.keys(b).length &&
    left.every(
      ([key, value]) => JSON.stringify(value) === JSON.stringify((b as Record<string, unknown>)[key]),
    )
  )
}

const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> => {
  const { [key]: _, ...rest } = record
  return rest
}

/** What an invitation may change: add one device in its role, and end itself if it is for one use. */
const isJoin = (before: AccessList, after: AccessList, signer: string): boolean => {
  const invitation = before.invitations[signer]
  const [joined, ...others] = Object.keys(after.members).filter(
    device => !Object.hasOwn(before.members, device),
  )
  if (!invitation || !joined || others.length > 0) return false
  const rootsBefore = invitation.once ? without(before.roots, signer) : before.roots
  return (
    after.members[joined] === invitation.role &&
    sameEntries(without(after.members, joined), before.members) &&
    sameEntries(without(after.sealing, joined), before.sealing) &&
    sameEntries(without(after.roots, joined), rootsBefore) &&
    sameEntries(
      after.invitations,
      invitation.once ? without(before.invitations, signer) : before.invitations,
    ) &&
    after.epoch === before.epoch &&
    after.iat <= invitation.exp + CLOCK_TOLERANCE_SECONDS
  )
}

/** Checks one step of the chain: `before` is null for the first list, which the workspace's own key signs. */
export const checkNextList = async (
  workspace: WorkspaceId,
  before: CheckedList | null,
  text: string,
): Promise<Result<CheckedList>> => {
  const signed = await readSigned(text)
  if (!signed.ok) return signed
  const { list, signer } = signed.value
  if (list.ws !== workspace) return invalid('it belongs to another workspace')
  if (Object.keys(list.members).length === 0) return invalid('it leaves nobody in the workspace')
  if (before === null) {
    if (list.gen !== 0 || list.prev !== null) return invalid('it is not a first list')
    if (signer !== workspace) return invalid('a first list is signed by the key of the workspace')
    return ok({ list, text })
  }
  if (list.gen !== before.list.gen + 1 || list.prev !== (await listHash(before.text)))
    return invalid('it does not follow from the list before')
  const byOwner = before.list.members[signer] === 'owner'
  if (!byOwner && !isJoin(before.list, list, signer)) return invalid('its signer may not make this change')
  return ok({ list, text })
}

/** Checks a whole chain from the first list on, and returns the checked lists. */
export const checkChain = async (
  workspace: WorkspaceId,
  texts: readonly string[],
): Promise<Result<readonly CheckedList[]>> => {
  const chain: CheckedList[] = []
  for (const text of texts) {
    const checked = await checkNextList(workspace, chain.at(-1) ?? null, text)
    if (!checked.ok) return checked
    chain.push(checked.value)
  }
  if (chain.length === 0) return invalid('there is none')
  return ok(chain)
}
