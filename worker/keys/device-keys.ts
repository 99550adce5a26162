import type { DeviceKeys } from '../../protocol/device-database.ts'
import { type PublicKey, thumbprint } from '../../protocol/ids.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { canBeStored, unwrapKey, type WrappedKey, wrapKey } from './wrapped-key.ts'

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
export type StoredKeys = Omit<DeviceKeys<CryptoKey>, 'opening'> & {
  readonly opening: CryptoKey | WrappedKey
}

const generateKeys = async (mustWrap: boolean): Promise<StoredKeys> => {
  const [signing, opening] = await Promise.all([
    crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']) as Promise<CryptoKeyPair>,
    crypto.subtle.generateKey('X25519', mustWrap, ['deriveBits']) as Promise<CryptoKeyPair>,
  ])
  const publicKey = await ed25519PublicKey(signing.publicKey)
  return {
    device: await thumbprint(publicKey),
    publicKey,
    signing: signing.privateKey,
    opening: mustWrap ? await wrapKey(opening.privateKey) : opening.privateKey,
    sealing: await publicPart(opening.publicKey),
  }
}

const inUse = async (keys: StoredKeys): Promise<DeviceKeys<CryptoKey>> => ({
  ...keys,
  opening: 'wrapped' in keys.opening ? await unwrapKey(keys.opening) : keys.opening,
})

export const generateDeviceKeys = async (): Promise<DeviceKeys<CryptoKey>> => inUse(await generateKeys(false))

/** The keys of this device, made at its first start. The private ones cannot be taken out of the browser. */
export const loadDeviceKeys = async (
  store: Pick<DeviceStore, 'keys' | 'setKeys'>,
  storable: (key: CryptoKey) => boolean = canBeStored,
): Promise<DeviceKeys<CryptoKey>> => {
  const kept = await store.keys()
  if (kept) return inUse(kept)
  const plain = await generateKeys(false)
  const keys = storable(plain.opening as CryptoKey) ? plain : await generateKeys(true)
  await store.setKeys(keys)
  return inUse(keys)
}
