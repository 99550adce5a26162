import { type Bytes, concatBytes } from '../../protocol/bytes.ts'
import { type PublicKey, thumbprint } from '../../protocol/ids.ts'
import { ed25519PublicKey } from './device-keys.ts'
import { deriveSeed } from './key-derivation.ts'

/** The two key pairs that an invitation's seed stands for. */
export interface InvitationKeys {
  readonly id: string
  readonly publicKey: PublicKey
  readonly signing: CryptoKey
  readonly opening: CryptoKey
  /** Public X25519 key, 32 bytes, base64url. */
  readonly sealing: string
}

// PrivateKeyInfo of RFC 8410 up to the 32 bytes of the key itself: Web Crypto imports no bare private keys.
const ED25519_PREFIX = Uint8Array.from([
  0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
])
const X25519_PREFIX = Uint8Array.from([
  0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20,
])

export const invitationKeys = async (seed: Bytes): Promise<InvitationKeys> => {
  const [signingSeed, sealingSeed] = await Promise.all([
    deriveSeed(seed, 'invitation signing'),
    deriveSeed(seed, 'invitation sealing'),
  ])
  const [signing, opening] = await Promise.all([
    crypto.subtle.importKey('pkcs8', concatBytes(ED25519_PREFIX, signingSeed), 'Ed25519', true, ['sign']),
    crypto.subtle.importKey('pkcs8', concatBytes(X25519_PREFIX, sealingSeed), 'X25519', true, ['deriveBits']),
  ])
  const publicKey = await ed25519PublicKey(signing)
  const { x: sealing } = await crypto.subtle.exportKey('jwk', opening)
  return { id: await thumbprint(publicKey), publicKey, signing, opening, sealing: sealing! }
}
