import { appointCourier } from '../../protocol/courier.ts'
import type { DeviceKeys, StoredCourier, StoredDeviceKeys } from '../../protocol/device-database.ts'
import { type PublicKey, thumbprint } from '../../protocol/ids.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { keyInUse, wrapKey } from './wrapped-key.ts'

const publicPart = async (key: CryptoKey): Promise<string> => {
  const { x } = await crypto.subtle.exportKey('jwk', key)
  return x!
}

export const ed25519PublicKey = async (key: CryptoKey): Promise<PublicKey> => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: await publicPart(key),
})

/** The keys of a device as they are stored. */
export type StoredKeys = StoredDeviceKeys<CryptoKey>

/**
 * Fresh keys, wrapped: the device lock has to wrap them otherwise one day, which nothing can do with a key that cannot
 * be taken out. No browser is asked to store a key of a curve, which not all can.
 */
const generateKeys = async (): Promise<StoredKeys> => {
  const [signing, opening] = await Promise.all([
    crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']) as Promise<CryptoKeyPair>,
    crypto.subtle.generateKey('X25519', true, ['deriveBits']) as Promise<CryptoKeyPair>,
  ])
  const publicKey = await ed25519PublicKey(signing.publicKey)
  const [wrappedSigning, wrappedOpening] = await Promise.all(
    [signing, opening].map(pair => wrapKey(pair.privateKey)),
  )
  return {
    device: await thumbprint(publicKey),
    publicKey,
    signing: wrappedSigning!,
    opening: wrappedOpening!,
    sealing: await publicPart(opening.publicKey),
  }
}

const allInUse = async (keys: StoredKeys, lockKey: CryptoKey | null): Promise<DeviceKeys<CryptoKey>> => {
  const [signing, opening] = await Promise.all([
    keyInUse(keys.signing, 'Ed25519', lockKey),
    keyInUse(keys.opening, 'X25519', lockKey),
  ])
  return { ...keys, signing, opening }
}

export const generateDeviceKeys = async (): Promise<DeviceKeys<CryptoKey>> =>
  allInUse(await generateKeys(), null)

/** The keys of this device, made at its first start. What is in use cannot be taken out of the worker. */
export const loadDeviceKeys = async (
  store: Pick<DeviceStore, 'keys' | 'setKeys'>,
  lockKey: CryptoKey | null = null,
): Promise<DeviceKeys<CryptoKey>> => {
  const kept = await store.keys()
  if (kept) return allInUse(kept, lockKey)
  const keys = await generateKeys()
  await store.setKeys(keys)
  return allInUse(keys, null)
}

/** A fresh courier of this device, which can deliver what is sealed and nothing else. */
export const makeCourier = async (
  keys: StoredKeys,
  lockKey: CryptoKey,
): Promise<StoredCourier<CryptoKey>> => {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const publicKey = await ed25519PublicKey(pair.publicKey)
  const signing = await keyInUse(keys.signing, 'Ed25519', lockKey)
  const by = await appointCourier(publicKey, { signing, publicKey: keys.publicKey })
  return { publicKey, signing: await wrapKey(pair.privateKey), by }
}
