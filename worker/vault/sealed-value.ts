import { concatBytes, fromBase64url, toBase64url } from '../../protocol/bytes.ts'
import type { WorkspaceId } from '../../protocol/ids.ts'
import type { Random } from '../platform/random.ts'
import { isVersion, type Place, placeKey, type Version, type Writing } from './vault-fields.ts'

/**
 * One text, sealed: `v1.<key name>.<nonce>.<ciphertext>.<after>`. Nonce and ciphertext are base64url, `after` are the
 * versions that it was written after, with commas. AES-256-GCM; the additional data are the workspace, the place and
 * `after`, so that a sealed text cannot be moved to another place.
 */
export type SealedValue = string

/** Which key: `device-<device>` is the own key of a device, a number the epoch of a key of the workspace. */
export type KeyName = string

const FORMAT = 'v1'
const NONCE_BYTES = 12
/**
 * A length tells something of a password: all texts are filled up to a multiple of this, with 0x80 and zeros. Only that
 * there is none shows, so that a list can say so without opening it.
 */
const BLOCK_BYTES = 64
const END = 0x80
/** Of the tag of AES-GCM, 16 bytes, as base64url. */
const TAG_LENGTH = 22

const fillUp = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  if (bytes.length === 0) return new Uint8Array(0)
  const rest = BLOCK_BYTES - (bytes.length % BLOCK_BYTES)
  return concatBytes(bytes, new Uint8Array([END]), new Uint8Array(rest - 1))
}

/** Throws where nothing marks the end. */
const takeBack = (bytes: Uint8Array): Uint8Array => {
  if (bytes.length === 0) return bytes
  const end = bytes.lastIndexOf(END)
  if (end < 0) throw new RangeError('The text has no end.')
  return bytes.subarray(0, end)
}

const algorithm = (nonce: Uint8Array<ArrayBuffer>, workspace: WorkspaceId, writing: Writing) => ({
  name: 'AES-GCM',
  iv: nonce,
  additionalData: new TextEncoder().encode(
    `holdfast vault ${FORMAT} ${workspace} ${placeKey(writing)} ${writing.after.join()}`,
  ),
})

const parse = (sealed: SealedValue) => {
  const [format, name, nonce, ciphertext, after, ...more] = sealed.split('.')
  if (format !== FORMAT || !name || !nonce || !ciphertext || after === undefined || more.length > 0)
    return null
  const versions = after === '' ? [] : after.split(',')
  return versions.every(isVersion) ? { name, nonce, ciphertext, after: versions } : null
}

/** The name of the key that a text is sealed by; null where it is of no form that is known here. */
export const keyNameOf = (sealed: SealedValue): KeyName | null => parse(sealed)?.name ?? null

/** The versions that a text was written after. */
export const afterOf = (sealed: SealedValue): readonly Version[] => parse(sealed)?.after ?? []

/** Whether the text is empty. */
export const isEmptyText = (sealed: SealedValue): boolean => parse(sealed)?.ciphertext.length === TAG_LENGTH

export const seal = async (
  text: string,
  writing: Writing,
  by: {
    readonly workspace: WorkspaceId
    readonly name: KeyName
    readonly key: CryptoKey
    readonly random: Random
  },
): Promise<SealedValue> => {
  const nonce = by.random(NONCE_BYTES)
  const plain = fillUp(new TextEncoder().encode(text))
  const sealed = await crypto.subtle.encrypt(algorithm(nonce, by.workspace, writing), by.key, plain)
  return [
    FORMAT,
    by.name,
    toBase64url(nonce),
    toBase64url(new Uint8Array(sealed)),
    writing.after.join(),
  ].join('.')
}

/** Null where the key does not fit, or the text was changed or moved. */
export const unseal = async (
  sealed: SealedValue,
  place: Place,
  by: { readonly workspace: WorkspaceId; readonly key: CryptoKey },
): Promise<string | null> => {
  const parsed = parse(sealed)
  if (parsed === null) return null
  try {
    const nonce = fromBase64url(parsed.nonce)
    const bytes = fromBase64url(parsed.ciphertext)
    const writing = { ...place, after: parsed.after }
    const plain = await crypto.subtle.decrypt(algorithm(nonce, by.workspace, writing), by.key, bytes)
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(takeBack(new Uint8Array(plain)))
  } catch {
    return null
  }
}
