import type { DeviceKeys } from '../../protocol/device-database.ts'
import { type PublicKey, thumbprint } from '../../protocol/ids.ts'
import type { DeviceStore } from '../storage/device-store.ts'

const publicPart = async (key: CryptoKey): Promise<string> => {
  const { x } = await crypto.subtle.exportKey('jwk', key)
  return x!
}

export const ed25519PublicKey = async (key: CryptoKey): Promise<PublicKey> => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: await publicPart(key),
})

export const generateDeviceKeys = async (): Promise<DeviceKeys<CryptoKey>> => {
  const [signing, opening] = await Promise.all([
    crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']) as Promise<CryptoKeyPair>,
    crypto.subtle.generateKey('X25519', false, ['deriveBits']) as Promise<CryptoKeyPair>,
  ])
  const publicKey = await ed25519PublicKey(signing.publicKey)
  return {
    device: await thumbprint(publicKey),
    publicKey,
    signing: signing.privateKey,
    opening: opening.privateKey,
    sealing: await publicPart(opening.publicKey),
  }
}

/** The keys of this device, made at its first start. The private ones cannot be taken out of the browser. */
export const loadDeviceKeys = async (store: DeviceStore): Promise<DeviceKeys<CryptoKey>> => {
  const kept = await store.keys()
  if (kept) return kept
  const keys = await generateDeviceKeys()
  await store.setKeys(keys)
  return keys
}
