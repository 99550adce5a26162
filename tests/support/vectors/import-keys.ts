import { fromHex } from './hex.ts'

/** PrivateKeyInfo of RFC 8410 around 32 bytes; the last byte of the algorithm tells Ed25519 (70) from X25519 (6e). */
const pkcs8 = (algorithm: '70' | '6e', secret: string): Uint8Array<ArrayBuffer> =>
  fromHex(`302e020100300506032b65${algorithm}04220420${secret}`)

/** The Ed25519 key of a secret in hex. */
export const importSigning = (secret: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('pkcs8', pkcs8('70', secret), 'Ed25519', false, ['sign'])

/** The X25519 key of a secret in hex. */
export const importOpening = (secret: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('pkcs8', pkcs8('6e', secret), 'X25519', false, ['deriveBits'])
