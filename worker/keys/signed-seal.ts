import { type Bytes, concatBytes } from '../../protocol/bytes.ts'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import type { WorkspaceId } from '../../protocol/ids.ts'
import { verifyEd25519 } from '../../protocol/web-crypto.ts'
import type { Random } from '../platform/random.ts'
import type { ContentKeys } from './key-derivation.ts'

/** What whoever seals for a workspace needs. */
export interface SealingDeps {
  readonly workspace: WorkspaceId
  readonly device: DeviceKeys<CryptoKey>
  readonly random: Random
  /** The content keys of an epoch, null where this device has none. */
  readonly contentKeys: (epoch: number) => ContentKeys | null
  /** The epoch to seal in. This device has its keys. */
  readonly epoch: () => number
  /** Takes over what the relay knows of members and keys, where that is more than is known here. */
  readonly follow: () => Promise<void>
}

/** The keys of an epoch that something came in: they may have been made a moment ago. */
export const keysFor = async (
  epoch: number,
  { contentKeys, follow }: Pick<SealingDeps, 'contentKeys' | 'follow'>,
): Promise<ContentKeys | null> => {
  if (contentKeys(epoch) === null) await follow()
  return contentKeys(epoch)
}

/** AES-256-GCM, with what the cipher text is bound to. */
interface Cipher {
  readonly nonce: Uint8Array
  /** Additional data. */
  readonly data: Bytes
}

const algorithm = ({ nonce, data }: Cipher) => ({
  name: 'AES-GCM',
  iv: new Uint8Array(nonce),
  additionalData: data,
})

export const encrypt = async (key: CryptoKey, cipher: Cipher, plain: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.encrypt(algorithm(cipher), key, plain))

/** Null where there is no key, or it does not fit, or anything was changed. */
export const decrypt = async (
  key: CryptoKey | undefined,
  cipher: Cipher,
  ciphertext: Bytes,
): Promise<Bytes | null> => {
  if (!key) return null
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm(cipher), key, ciphertext))
  } catch {
    return null
  }
}

/** The header, the cipher text, and this device's signature of the additional data with the cipher text behind it. */
export const sealAndSign = async (
  key: CryptoKey,
  signing: CryptoKey,
  cipher: Cipher,
  { header, plain }: { readonly header: Uint8Array; readonly plain: Bytes },
): Promise<Bytes> => {
  const ciphertext = await encrypt(key, cipher, plain)
  const signed = concatBytes(cipher.data, ciphertext)
  const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', signing, signed))
  return concatBytes(header, ciphertext, signature)
}

/** Whether the device that it names signed it. */
export const isSigned = (
  sealed: { readonly device: Uint8Array; readonly ciphertext: Uint8Array; readonly signature: Uint8Array },
  data: Uint8Array,
): Promise<boolean> => verifyEd25519(sealed.device, sealed.signature, concatBytes(data, sealed.ciphertext))
