import { CompactEncrypt, compactDecrypt, importJWK } from 'jose'
import { type Bytes, toBase64url } from '../../protocol/bytes.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { deriveSeed } from './key-derivation.ts'

export const ROOT_BYTES = 32

const UNREADABLE = fail('root-unreadable', 'This device could not open the key of the workspace.')

/**
 * The root of an epoch's content keys (32 bytes), sealed to one X25519 key as a compact JWE: ECDH-ES (RFC 8037 with
 * RFC 7518, section 4.6) and A256GCM.
 */
export const sealRoot = async (root: Uint8Array, sealing: string): Promise<string> => {
  const reader = await importJWK({ kty: 'OKP', crv: 'X25519', x: sealing }, 'ECDH-ES')
  return new CompactEncrypt(root).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' }).encrypt(reader)
}

const asRoot = (plaintext: Uint8Array): Result<Bytes> =>
  plaintext.length === ROOT_BYTES ? ok(new Uint8Array(plaintext)) : UNREADABLE

/** Errors: `root-unreadable`. */
export const openRoot = async (sealed: string | undefined, opening: CryptoKey): Promise<Result<Bytes>> => {
  if (sealed === undefined) return UNREADABLE
  try {
    const options = { keyManagementAlgorithms: ['ECDH-ES'], contentEncryptionAlgorithms: ['A256GCM'] }
    return asRoot((await compactDecrypt(sealed, opening, options)).plaintext)
  } catch {
    return UNREADABLE
  }
}

/** What a root can be told by, without telling anything of it (32 bytes, base64url). */
export const rootCheck = async (root: Bytes): Promise<string> =>
  toBase64url(await deriveSeed(root, 'root check'))

/** Seals something under a root, for one purpose: a compact JWE with `dir` and A256GCM (RFC 7518, section 4.5). */
const sealUnder = async (root: Bytes, purpose: string, plain: Uint8Array): Promise<string> =>
  new CompactEncrypt(plain)
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(await deriveSeed(root, purpose))

const openUnder = async (root: Bytes, purpose: string, sealed: string): Promise<Uint8Array | null> => {
  try {
    const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
    return (await compactDecrypt(sealed, await deriveSeed(root, purpose), options)).plaintext
  } catch {
    return null
  }
}

/** The root of an earlier epoch, for whoever has the later one. */
export const sealFormerRoot = (root: Bytes, former: Uint8Array): Promise<string> =>
  sealUnder(root, 'former root', former)

/** Errors: `root-unreadable`. */
export const openFormerRoot = async (root: Bytes, sealed: string): Promise<Result<Bytes>> => {
  const plain = await openUnder(root, 'former root', sealed)
  return plain === null ? UNREADABLE : asRoot(plain)
}

/** A name that members can read and relays cannot, preceded by the epoch whose root it is sealed under. */
export const sealCard = async (epoch: number, root: Bytes, name: string): Promise<string> =>
  `${epoch}.${await sealUnder(root, 'card', new TextEncoder().encode(name))}`

/** Null where it cannot be read. */
export const openCard = async (
  card: string,
  rootOf: (epoch: number) => Bytes | null,
): Promise<string | null> => {
  const dot = card.indexOf('.')
  const root = rootOf(Number(card.slice(0, dot)))
  const plain = root && (await openUnder(root, 'card', card.slice(dot + 1)))
  return plain && new TextDecoder().decode(plain)
}
