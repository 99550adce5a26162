import { createCipheriv, createDecipheriv, diffieHellman, hash, hkdfSync, sign, verify } from 'node:crypto'
import {
  type Curve,
  type CurveKey,
  curveKeyOf,
  privateKeyFromBytes,
  privateKeyFromJwk,
  privateKeyFromPkcs8,
  publicKeyOf,
  type SecretKey,
  SimulatedKey,
  secretKey,
  secretOf,
  type Usages,
} from './keys.ts'
import { createRemembered, type Remembered } from './remembered.ts'

/** The part of Web Crypto that Holdfast and jose use. */
export type Subtle = Pick<
  SubtleCrypto,
  | 'digest'
  | 'importKey'
  | 'exportKey'
  | 'generateKey'
  | 'sign'
  | 'verify'
  | 'encrypt'
  | 'decrypt'
  | 'deriveKey'
  | 'deriveBits'
  | 'wrapKey'
  | 'unwrapKey'
>

type Random = (length: number) => Uint8Array
type Named = string | { readonly name: string }
type Gcm = { readonly iv: Uint8Array; readonly additionalData?: Uint8Array }
type Hkdf = { readonly salt: Uint8Array; readonly info: Uint8Array }

const TAG_BYTES = 16
const NO_BYTES = Buffer.alloc(0)

const nameOf = (algorithm: Named): string => (typeof algorithm === 'string' ? algorithm : algorithm.name)
const isCurve = (name: string): name is Curve => name === 'Ed25519' || name === 'X25519'
const bytesOf = (data: BufferSource): Buffer =>
  data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength)
const asArrayBuffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

const unknown = (what: string): never => {
  throw new DOMException(`The simulation's Web Crypto does not know ${what}.`, 'NotSupportedError')
}

const asCryptoKey = (
  material: CurveKey | SecretKey,
  name: string,
  extractable: boolean,
  usages: Usages,
): CryptoKey => new SimulatedKey(name, material, extractable, usages) as unknown as CryptoKey

const importCurve = (format: string, data: unknown, curve: Curve): CurveKey => {
  if (format === 'raw') return publicKeyOf(curve, bytesOf(data as BufferSource).toString('base64url'))
  if (format === 'pkcs8') return privateKeyFromPkcs8(bytesOf(data as BufferSource))
  if (format !== 'jwk') return unknown(`keys as ${format}`)
  const jwk = data as JsonWebKey
  return jwk.d === undefined ? publicKeyOf(curve, jwk.x!) : privateKeyFromJwk(jwk)
}

const requireUse = (key: CryptoKey, usage: KeyUsage): void => {
  if (!key.usages.includes(usage))
    throw new DOMException(`The key may not be used to ${usage}.`, 'InvalidAccessError')
}

const encrypted = ({ object }: SecretKey, { iv, additionalData }: Gcm, plain: Buffer): Buffer => {
  const cipher = createCipheriv('aes-256-gcm', object, iv)
  if (additionalData) cipher.setAAD(additionalData)
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** @throws where anything was changed. */
const decrypted = ({ object }: SecretKey, { iv, additionalData }: Gcm, sealed: Buffer): Buffer => {
  const decipher = createDecipheriv('aes-256-gcm', object, iv)
  if (additionalData) decipher.setAAD(additionalData)
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES))
  return Buffer.concat([plain, decipher.final()])
}

/** What was computed, with all that it was computed from. */
export interface Memory {
  readonly verdicts: Remembered<boolean>
  readonly opened: Remembered<Buffer>
  readonly derivations: Remembered<SecretKey>
}

export const createMemory = (): Memory => ({
  verdicts: createRemembered(),
  opened: createRemembered(),
  derivations: createRemembered(),
})

/**
 * Web Crypto that answers in the order in which it was asked: the real one answers from other threads, in any order.
 * Fresh keys come from `random`. What a story computed once is remembered: every device verifies, opens and derives
 * what another one just made.
 */
export const createSubtle = (random: Random, memory: () => Memory): Subtle => {
  const aboutCipher = (key: CryptoKey, { iv, additionalData }: Gcm, sealed: Buffer): Buffer[] => [
    secretOf(key).bytes,
    bytesOf(iv as Uint8Array<ArrayBuffer>),
    additionalData ? bytesOf(additionalData as Uint8Array<ArrayBuffer>) : NO_BYTES,
    sealed,
  ]

  const derive = (algorithm: Named, key: CryptoKey, bits: number): SecretKey => {
    if (nameOf(algorithm) === 'HKDF') {
      const { salt, info } = algorithm as unknown as Hkdf
      const { bytes, object } = secretOf(key)
      return memory().derivations.get(`HKDF ${bits}`, [Buffer.from(salt), bytes, Buffer.from(info)], () =>
        secretKey(Buffer.from(hkdfSync('sha256', object, salt, info, bits / 8))),
      )
    }
    if (nameOf(algorithm) !== 'X25519') return unknown(nameOf(algorithm))
    const mine = curveKeyOf(key)
    const theirs = curveKeyOf((algorithm as unknown as { public: CryptoKey }).public)
    // Both ends come to the same secret.
    const pair = [mine.x, theirs.x].sort().join(' ')
    return memory().derivations.get(`${pair} ${bits}`, [], () => {
      const shared = diffieHellman({ privateKey: mine.object, publicKey: theirs.object })
      return secretKey(shared.subarray(0, bits / 8))
    })
  }

  const subtle = {
    digest: async (algorithm: Named, data: BufferSource) => {
      const name = nameOf(algorithm).replace('-', '').toLowerCase()
      return asArrayBuffer(hash(name, bytesOf(data), 'buffer'))
    },
    importKey: async (
      format: string,
      data: unknown,
      algorithm: Named,
      extractable: boolean,
      usages: Usages,
    ) => {
      const name = nameOf(algorithm)
      if (isCurve(name)) return asCryptoKey(importCurve(format, data, name), name, extractable, usages)
      if (format !== 'raw' || (name !== 'HKDF' && name !== 'AES-GCM')) return unknown(`${format} ${name}`)
      return asCryptoKey(secretKey(Buffer.from(bytesOf(data as BufferSource))), name, extractable, usages)
    },
    exportKey: async (format: string, key: CryptoKey) => {
      if (!key.extractable) throw new DOMException('The key cannot be taken out.', 'InvalidAccessError')
      if (format !== 'jwk' && format !== 'raw') return unknown(`keys as ${format}`)
      if (key.type === 'secret')
        return format === 'raw' ? asArrayBuffer(secretOf(key).bytes) : unknown('secrets as jwk')
      const { x, d } = curveKeyOf(key)
      if (format === 'raw') return asArrayBuffer(Buffer.from(x, 'base64url'))
      const jwk = { crv: nameOf(key.algorithm), x, kty: 'OKP', key_ops: key.usages, ext: true }
      return d === null ? jwk : { ...jwk, d }
    },
    generateKey: async (algorithm: Named, extractable: boolean, usages: Usages) => {
      const name = nameOf(algorithm)
      if (name === 'AES-GCM')
        return asCryptoKey(secretKey(Buffer.from(random(32))), name, extractable, usages)
      if (!isCurve(name)) return unknown(`fresh keys for ${name}`)
      const secret = privateKeyFromBytes(name, random(32))
      const forPublic = usages.filter(usage => usage === 'verify')
      const forPrivate = usages.filter(usage => usage !== 'verify')
      return {
        privateKey: asCryptoKey(secret, name, extractable, forPrivate),
        publicKey: asCryptoKey(publicKeyOf(name, secret.x), name, true, forPublic),
      }
    },
    sign: async (_algorithm: Named, key: CryptoKey, data: BufferSource) => {
      requireUse(key, 'sign')
      const { object, x } = curveKeyOf(key)
      const bytes = bytesOf(data)
      const signature = sign(null, bytes, object)
      memory().verdicts.set(x, [bytes, signature], true)
      return asArrayBuffer(signature)
    },
    verify: async (_algorithm: Named, key: CryptoKey, signature: BufferSource, data: BufferSource) => {
      requireUse(key, 'verify')
      const { object, x } = curveKeyOf(key)
      const [signed, bytes] = [bytesOf(signature), bytesOf(data)]
      return memory().verdicts.get(x, [bytes, signed], () => verify(null, bytes, object, signed))
    },
    encrypt: async (algorithm: Gcm, key: CryptoKey, data: BufferSource) => {
      requireUse(key, 'encrypt')
      const plain = bytesOf(data)
      const sealed = encrypted(secretOf(key), algorithm, plain)
      memory().opened.set('', aboutCipher(key, algorithm, sealed), Buffer.from(plain))
      return asArrayBuffer(sealed)
    },
    decrypt: async (algorithm: Gcm, key: CryptoKey, data: BufferSource) => {
      requireUse(key, 'decrypt')
      const sealed = bytesOf(data)
      const about = aboutCipher(key, algorithm, sealed)
      return asArrayBuffer(memory().opened.get('', about, () => decrypted(secretOf(key), algorithm, sealed)))
    },
    wrapKey: async (format: string, key: CryptoKey, wrapping: CryptoKey, algorithm: Gcm) => {
      requireUse(wrapping, 'wrapKey')
      if (!key.extractable) throw new DOMException('The key cannot be taken out.', 'InvalidAccessError')
      if (format !== 'pkcs8' && format !== 'raw') return unknown(`keys wrapped as ${format}`)
      const plain =
        format === 'raw'
          ? secretOf(key).bytes
          : curveKeyOf(key).object.export({ format: 'der', type: 'pkcs8' })
      return asArrayBuffer(encrypted(secretOf(wrapping), algorithm, plain))
    },
    unwrapKey: async (
      format: string,
      wrapped: BufferSource,
      wrapping: CryptoKey,
      algorithm: Gcm,
      wanted: Named,
      extractable: boolean,
      usages: Usages,
    ) => {
      requireUse(wrapping, 'unwrapKey')
      const name = nameOf(wanted)
      const plain = decrypted(secretOf(wrapping), algorithm, bytesOf(wrapped))
      if (format === 'raw' && name === 'AES-GCM')
        return asCryptoKey(secretKey(plain), name, extractable, usages)
      if (!isCurve(name)) return unknown(`wrapped keys for ${name}`)
      return asCryptoKey(importCurve(format, plain, name), name, extractable, usages)
    },
    deriveBits: async (algorithm: Named, key: CryptoKey, bits: number) =>
      asArrayBuffer(derive(algorithm, key, bits).bytes),
    deriveKey: async (
      algorithm: Named,
      key: CryptoKey,
      derived: { name: string; length: number },
      extractable: boolean,
      usages: Usages,
    ) => asCryptoKey(derive(algorithm, key, derived.length), derived.name, extractable, usages),
  }
  return subtle as unknown as Subtle
}
