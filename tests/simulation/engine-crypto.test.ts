import { expect, test } from 'vitest'
import { createMemory, createSubtle } from './engine/crypto.ts'

const real = crypto.subtle
const memory = createMemory()
const simulated = createSubtle(
  length => crypto.getRandomValues(new Uint8Array(length)),
  () => memory,
) as SubtleCrypto
const bytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))
const asNumbers = (buffer: ArrayBuffer): number[] => [...new Uint8Array(buffer)]
const both = [
  [simulated, real],
  [real, simulated],
] as const

test.each(both)('what one signs, the other verifies', async (one, other) => {
  const { privateKey, publicKey } = (await one.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const raw = await one.exportKey('raw', publicKey)
  const data = bytes(100)
  const signature = await one.sign('Ed25519', privateKey, data)
  const theirs = await other.importKey('raw', raw, 'Ed25519', false, ['verify'])
  expect(await other.verify('Ed25519', theirs, signature, data)).toBe(true)
  expect(await other.verify('Ed25519', theirs, signature, bytes(100))).toBe(false)
  const { key_ops: _, ...jwk } = await one.exportKey('jwk', privateKey)
  const copy = await other.importKey('jwk', jwk, 'Ed25519', false, ['sign'])
  expect(asNumbers(await other.sign('Ed25519', copy, data))).toEqual(asNumbers(signature))
})

test.each(both)('what one encrypts, the other decrypts', async (one, other) => {
  const [root, salt, info, iv, additionalData, plain] = [32, 32, 10, 12, 20, 200].map(bytes) as [
    Uint8Array<ArrayBuffer>,
    ...Uint8Array<ArrayBuffer>[],
  ]
  const keyOf = async (subtle: SubtleCrypto): Promise<CryptoKey> => {
    const base = await subtle.importKey('raw', root, 'HKDF', false, ['deriveKey'])
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: salt!, info: info! }
    const aes = { name: 'AES-GCM', length: 256 }
    return subtle.deriveKey(hkdf, base, aes, false, ['encrypt', 'decrypt'])
  }
  const algorithm = { name: 'AES-GCM', iv: iv!, additionalData: additionalData! }
  const sealed = await one.encrypt(algorithm, await keyOf(one), plain!)
  expect(asNumbers(await other.decrypt(algorithm, await keyOf(other), sealed))).toEqual([...plain!])
  new Uint8Array(sealed)[3]! ^= 1
  const key = await keyOf(other)
  await expect(other.decrypt(algorithm, key, sealed)).rejects.toThrow()
})

test.each(both)('what one wraps, the other unwraps', async (one, other) => {
  const { privateKey, publicKey } = (await one.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const [raw, iv, data] = [bytes(32), bytes(12), bytes(50)]
  const wrapping = (subtle: SubtleCrypto, use: KeyUsage) =>
    subtle.importKey('raw', raw, 'AES-GCM', false, [use])
  const how = { name: 'AES-GCM', iv }
  const wrapped = await one.wrapKey('pkcs8', privateKey, await wrapping(one, 'wrapKey'), how)
  const by = await wrapping(other, 'unwrapKey')
  const unwrapped = await other.unwrapKey('pkcs8', wrapped, by, how, 'Ed25519', false, ['sign'])
  const signature = await other.sign('Ed25519', unwrapped, data)
  expect(await one.verify('Ed25519', publicKey, signature, data)).toBe(true)
  await expect(one.wrapKey('pkcs8', unwrapped, await wrapping(one, 'wrapKey'), how)).rejects.toThrow()
})

test.each(both)('a wrapped AES key is the same at the other', async (one, other) => {
  const [raw, secret, iv, plain] = [bytes(32), bytes(32), bytes(12), bytes(20)]
  const how = { name: 'AES-GCM', iv }
  const inner = await one.importKey('raw', secret, 'AES-GCM', true, ['encrypt'])
  const wrapping = (subtle: SubtleCrypto, use: KeyUsage) =>
    subtle.importKey('raw', raw, 'AES-GCM', false, [use])
  const wrapped = await one.wrapKey('raw', inner, await wrapping(one, 'wrapKey'), how)
  const by = await wrapping(other, 'unwrapKey')
  const unwrapped = await other.unwrapKey('raw', wrapped, by, how, 'AES-GCM', false, ['decrypt'])
  const sealed = await one.encrypt(how, inner, plain)
  expect(asNumbers(await other.decrypt(how, unwrapped, sealed))).toEqual([...plain])
})

test('both agree on a secret, on digests, and on what a key may do', async () => {
  const pairOf = (subtle: SubtleCrypto): Promise<CryptoKeyPair> =>
    subtle.generateKey('X25519', true, ['deriveBits']) as Promise<CryptoKeyPair>
  /** What one's private key and the other's public key come to. */
  const secretOf = async (
    one: SubtleCrypto,
    mine: CryptoKeyPair,
    other: SubtleCrypto,
    theirs: CryptoKeyPair,
  ) => {
    const raw = await other.exportKey('raw', theirs.publicKey)
    const known = await one.importKey('raw', raw, 'X25519', true, [])
    return asNumbers(await one.deriveBits({ name: 'X25519', public: known }, mine.privateKey, 256))
  }
  const [mine, theirs] = [await pairOf(simulated), await pairOf(real)]
  expect(await secretOf(simulated, mine, real, theirs)).toEqual(await secretOf(real, theirs, simulated, mine))

  const data = bytes(50)
  expect(asNumbers(await simulated.digest('SHA-256', data))).toEqual(
    asNumbers(await real.digest('SHA-256', data)),
  )
  const locked = (await simulated.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  await expect(simulated.exportKey('jwk', locked.privateKey)).rejects.toThrow()
  await expect(simulated.sign('Ed25519', locked.publicKey, data)).rejects.toThrow()
})

test('what was computed once is not taken for anything else', async () => {
  const root = bytes(32)
  const keyFrom = (raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
    simulated.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
  const [iv, additionalData, plain] = [bytes(12), bytes(20), bytes(40)]
  const key = await keyFrom(root)
  const sealed = new Uint8Array(await simulated.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plain))
  const open = (
    by: CryptoKey,
    nonce: Uint8Array<ArrayBuffer>,
    about: Uint8Array<ArrayBuffer>,
    what = sealed,
  ) => simulated.decrypt({ name: 'AES-GCM', iv: nonce, additionalData: about }, by, what)
  const changed = (right: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
    const wrong = right.slice()
    wrong[0]! ^= 1
    return wrong
  }
  expect(asNumbers(await open(key, iv, additionalData))).toEqual([...plain])
  await expect(open(await keyFrom(changed(root)), iv, additionalData)).rejects.toThrow()
  await expect(open(key, changed(iv), additionalData)).rejects.toThrow()
  await expect(open(key, iv, changed(additionalData))).rejects.toThrow()
  await expect(open(key, iv, additionalData, changed(sealed))).rejects.toThrow()
  new Uint8Array(await open(key, iv, additionalData)).fill(0) // its reader's own
  expect(asNumbers(await open(key, iv, additionalData))).toEqual([...plain])

  const pair = (await simulated.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const other = (await simulated.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const signature = new Uint8Array(await simulated.sign('Ed25519', pair.privateKey, plain))
  const verify = (by: CryptoKeyPair, signed: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>) =>
    simulated.verify('Ed25519', by.publicKey, signed, data)
  expect(await verify(pair, signature, plain)).toBe(true)
  expect(await verify(other, signature, plain)).toBe(false)
  expect(await verify(pair, changed(signature), plain)).toBe(false)
  expect(await verify(pair, signature, changed(plain))).toBe(false)
})
