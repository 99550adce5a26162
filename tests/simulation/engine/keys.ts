import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto'

export type Usages = readonly KeyUsage[]

export type Curve = 'Ed25519' | 'X25519'

/** What a key of a curve is, as in RFC 8037; `d` is null in a public key. */
export interface CurveKey {
  readonly x: string
  readonly d: string | null
  readonly object: KeyObject
}

/** A key that is nothing but bytes. Ciphers take the object in a fraction of the time that bytes cost them. */
export interface SecretKey {
  readonly bytes: Buffer
  readonly object: KeyObject
}

export const secretKey = (bytes: Buffer): SecretKey => ({ bytes, object: createSecretKey(bytes) })

const KEPT = 10_000
/** PrivateKeyInfo of RFC 8410 up to the 32 bytes of the key; only the last byte of the object identifier differs. */
const PREFIX = (curve: Curve): Buffer =>
  Buffer.from([
    ...[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, curve === 'Ed25519' ? 0x70 : 0x6e],
    ...[4, 0x22, 4, 0x20],
  ])

const publicKeys = new Map<string, CurveKey>()
/** The few keys of a story are imported thousands of times. */
export const publicKeyOf = (curve: Curve, x: string): CurveKey => {
  const name = `${curve} ${x}`
  const made = publicKeys.get(name)
  if (made) return made
  if (publicKeys.size >= KEPT) publicKeys.clear()
  const object = createPublicKey({ key: { kty: 'OKP', crv: curve, x }, format: 'jwk' })
  const key = { x, d: null, object }
  publicKeys.set(name, key)
  return key
}

const privateKeyOf = (object: KeyObject): CurveKey => {
  const { x, d } = object.export({ format: 'jwk' }) as { x: string; d: string }
  return { x, d, object }
}

export const privateKeyFromBytes = (curve: Curve, secret: Uint8Array): CurveKey =>
  privateKeyFromPkcs8(Buffer.concat([PREFIX(curve), secret]))

export const privateKeyFromPkcs8 = (key: Buffer): CurveKey =>
  privateKeyOf(createPrivateKey({ key, format: 'der', type: 'pkcs8' }))

export const privateKeyFromJwk = (jwk: JsonWebKey): CurveKey =>
  privateKeyOf(createPrivateKey({ key: { ...jwk } as Record<string, string>, format: 'jwk' }))

const isOfCurve = (material: CurveKey | SecretKey): material is CurveKey => 'x' in material

/**
 * A key as its holder sees it. It passes for a CryptoKey where IndexedDB and jose look; those of Node take twenty
 * times as long to make and to ask.
 */
export class SimulatedKey {
  readonly type: KeyType
  readonly algorithm: { readonly name: string; readonly length?: number }
  readonly extractable: boolean
  readonly usages: KeyUsage[]
  readonly material: CurveKey | SecretKey

  constructor(name: string, material: CurveKey | SecretKey, extractable: boolean, usages: Usages) {
    this.type = !isOfCurve(material) ? 'secret' : material.d === null ? 'public' : 'private'
    this.algorithm =
      isOfCurve(material) || name !== 'AES-GCM' ? { name } : { name, length: material.bytes.length * 8 }
    this.extractable = extractable
    this.usages = [...usages]
    this.material = material
  }
}
Object.setPrototypeOf(SimulatedKey.prototype, CryptoKey.prototype)

/** @throws where it is a key of a curve. */
export const secretOf = (key: CryptoKey): SecretKey => {
  const { material } = key as unknown as SimulatedKey
  if (!isOfCurve(material)) return material
  throw new DOMException('The key is none of bytes.', 'InvalidAccessError')
}

/** @throws where it is a key of bytes. */
export const curveKeyOf = (key: CryptoKey): CurveKey => {
  const { material } = key as unknown as SimulatedKey
  if (isOfCurve(material)) return material
  throw new DOMException('The key is none of a curve.', 'InvalidAccessError')
}
