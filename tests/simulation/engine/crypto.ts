import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  hash,
  hkdfSync,
  KeyObject,
  sign,
  verify,
} from 'node:crypto'

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
>

type Random = (length: number) => Uint8Array
type Named = string | { readonly name: string }
type Gcm = { readonly iv: Uint8Array; readonly additionalData?: Uint8Array }
type Hkdf = { readonly salt: Uint8Array; readonly info: Uint8Array }
type Usages = readonly KeyUsage[]

const TAG_BYTES = 16
const KEPT = 10_000
/** PrivateKeyInfo of RFC 8410 up to the 32 bytes of the key; only the last byte of the object identifier differs. */
const PREFIX = (curve: string): Buffer =>
  Buffer.from([
    ...[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, curve === 'Ed25519' ? 0x70 : 0x6e],
    ...[4, 0x22, 4, 0x20],
  ])

const nameOf = (algorithm: Named): string => (typeof algorithm === 'string' ? algorithm : algorithm.name)
const isCurve = (name: string): boolean => name === 'Ed25519' || name === 'X25519'
const bytesOf = (data: BufferSource): Buffer =>
  data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength)
const asArrayBuffer = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer

const unknown = (what: string): never => {
  throw new DOMException(`The simulation's Web Crypto does not know ${what}.`, 'NotSupportedError')
}

const asCryptoKey = (key: KeyObject, algorithm: Named, extractable: boolean, usages: Usages): CryptoKey =>
  key.toCryptoKey(nameOf(algorithm) as never, extractable, [...usages] as never) as CryptoKey

/** What is asked of a key again and again. */
interface Known {
  readonly object: KeyObject
  readonly usages: Usages
  /** The public part, where it is a key of a curve. */
  readonly x: string | undefined
}
const knownKeys = new WeakMap<CryptoKey, Known>()
const known = (key: CryptoKey): Known => {
  let found = knownKeys.get(key)
  if (!found) {
    const object = KeyObject.from(key as never)
    const { x } = object.type === 'secret' ? {} : (object.export({ format: 'jwk' }) as JsonWebKey)
    found = { object, usages: key.usages, x }
    knownKeys.set(key, found)
  }
  return found
}
const keyOf = (key: CryptoKey): KeyObject => known(key).object

const publicKeys = new Map<string, KeyObject>()
/** The few keys of a story are imported thousands of times. */
const publicKeyOf = (curve: string, x: string): KeyObject => {
  const name = `${curve} ${x}`
  const made = publicKeys.get(name)
  if (made) return made
  if (publicKeys.size >= KEPT) publicKeys.clear()
  const key = createPublicKey({ key: { kty: 'OKP', crv: curve, x }, format: 'jwk' })
  publicKeys.set(name, key)
  return key
}

const importCurve = (format: string, data: unknown, curve: string): KeyObject => {
  if (format === 'raw') return publicKeyOf(curve, bytesOf(data as BufferSource).toString('base64url'))
  if (format === 'pkcs8')
    return createPrivateKey({ key: bytesOf(data as BufferSource), format: 'der', type: 'pkcs8' })
  if (format !== 'jwk') return unknown(`keys as ${format}`)
  const jwk = data as JsonWebKey
  const key = { ...jwk } as Record<string, string>
  return jwk.d === undefined ? publicKeyOf(curve, jwk.x!) : createPrivateKey({ key, format: 'jwk' })
}

const requireUse = (key: CryptoKey, usage: KeyUsage): void => {
  if (!known(key).usages.includes(usage))
    throw new DOMException(`The key may not be used to ${usage}.`, 'InvalidAccessError')
}

/**
 * Web Crypto that answers in the order in which it was asked: the real one answers from other threads, in any order.
 * The keys are real ones, so that IndexedDB and jose take them for what they are; fresh ones come from `random`.
 */
export const createSubtle = (random: Random): Subtle => {
  /** By signature. Most of what is verified here was signed here, and all of it is verified by several devices. */
  const verdicts = new Map<string, { readonly x: string; readonly data: Buffer; readonly isRight: boolean }>()
  const remember = (signature: Buffer, x: string, data: Buffer, isRight: boolean): boolean => {
    if (verdicts.size >= KEPT) verdicts.clear()
    verdicts.set(signature.toString('latin1'), { x, data: Buffer.from(data), isRight })
    return isRight
  }
  const verified = (key: CryptoKey, signature: Buffer, data: Buffer): boolean => {
    const { object, x } = known(key)
    const verdict = verdicts.get(signature.toString('latin1'))
    if (verdict && verdict.x === x && verdict.data.equals(data)) return verdict.isRight
    return remember(signature, x!, data, verify(null, data, object, signature))
  }

  const derive = (algorithm: Named, key: CryptoKey, bits: number): ArrayBuffer => {
    if (nameOf(algorithm) === 'HKDF') {
      const { salt, info } = algorithm as unknown as Hkdf
      return hkdfSync('sha256', keyOf(key), salt, info, bits / 8)
    }
    if (nameOf(algorithm) !== 'X25519') return unknown(nameOf(algorithm))
    const { public: other } = algorithm as unknown as { public: CryptoKey }
    const secret = diffieHellman({ privateKey: keyOf(key), publicKey: keyOf(other) })
    return asArrayBuffer(secret.subarray(0, bits / 8))
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
      if (isCurve(name)) return asCryptoKey(importCurve(format, data, name), algorithm, extractable, usages)
      if (format !== 'raw' || (name !== 'HKDF' && name !== 'AES-GCM')) return unknown(`${format} ${name}`)
      return asCryptoKey(createSecretKey(bytesOf(data as BufferSource)), name, extractable, usages)
    },
    exportKey: async (format: string, key: CryptoKey) => {
      if (!key.extractable) throw new DOMException('The key cannot be taken out.', 'InvalidAccessError')
      const object = keyOf(key)
      const jwk = { ...(object.export({ format: 'jwk' }) as JsonWebKey), key_ops: key.usages, ext: true }
      if (format === 'jwk') return jwk
      if (format !== 'raw') return unknown(`keys as ${format}`)
      return object.type === 'secret'
        ? asArrayBuffer(object.export())
        : asArrayBuffer(Buffer.from(jwk.x!, 'base64url'))
    },
    generateKey: async (algorithm: Named, extractable: boolean, usages: Usages) => {
      const name = nameOf(algorithm)
      if (!isCurve(name)) return unknown(`fresh keys for ${name}`)
      const der = Buffer.concat([PREFIX(name), random(32)])
      const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
      const forPublic = usages.filter(usage => usage === 'verify')
      const forPrivate = usages.filter(usage => usage !== 'verify')
      return {
        privateKey: asCryptoKey(secret, name, extractable, forPrivate),
        publicKey: asCryptoKey(createPublicKey(secret as never), name, true, forPublic),
      }
    },
    sign: async (_algorithm: Named, key: CryptoKey, data: BufferSource) => {
      requireUse(key, 'sign')
      const { object, x } = known(key)
      const bytes = bytesOf(data)
      const signature = sign(null, bytes, object)
      remember(signature, x!, bytes, true)
      return asArrayBuffer(signature)
    },
    verify: async (_algorithm: Named, key: CryptoKey, signature: BufferSource, data: BufferSource) => {
      requireUse(key, 'verify')
      return verified(key, bytesOf(signature), bytesOf(data))
    },
    encrypt: async (algorithm: Gcm, key: CryptoKey, data: BufferSource) => {
      requireUse(key, 'encrypt')
      const cipher = createCipheriv('aes-256-gcm', keyOf(key), algorithm.iv)
      if (algorithm.additionalData) cipher.setAAD(algorithm.additionalData)
      return asArrayBuffer(Buffer.concat([cipher.update(bytesOf(data)), cipher.final(), cipher.getAuthTag()]))
    },
    decrypt: async (algorithm: Gcm, key: CryptoKey, data: BufferSource) => {
      requireUse(key, 'decrypt')
      const bytes = bytesOf(data)
      const decipher = createDecipheriv('aes-256-gcm', keyOf(key), algorithm.iv)
      if (algorithm.additionalData) decipher.setAAD(algorithm.additionalData)
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
      const plain = decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES))
      return asArrayBuffer(Buffer.concat([plain, decipher.final()]))
    },
    deriveBits: async (algorithm: Named, key: CryptoKey, bits: number) => derive(algorithm, key, bits),
    deriveKey: async (
      algorithm: Named,
      key: CryptoKey,
      derived: { name: string; length: number },
      extractable: boolean,
      usages: Usages,
    ) => {
      const bits = Buffer.from(derive(algorithm, key, derived.length))
      return asCryptoKey(createSecretKey(bits), derived.name, extractable, usages)
    },
  }
  return subtle as unknown as Subtle
}
