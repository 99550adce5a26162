import { toBase64url } from '../../protocol/bytes.ts'
import { type DeviceId, publicKeyFromBytes, thumbprint } from '../../protocol/ids.ts'
import { isSoundPoint, isSoundSignature } from '../../protocol/sound-point.ts'

const { subtle } = globalThis.crypto
type Key = Awaited<ReturnType<typeof subtle.importKey>>

/** A device's key, imported once: doing that for every envelope would cost as much as checking it. */
interface KnownDevice {
  readonly id: DeviceId
  verify(signature: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>): Promise<boolean>
}

export type DeviceKeys = (publicKey: Uint8Array<ArrayBuffer>) => Promise<KnownDevice>

const KEPT = 10_000

export const createDeviceKeys = (): DeviceKeys => {
  const devices = new Map<string, Promise<KnownDevice>>()

  const meet = async (publicKey: Uint8Array<ArrayBuffer>): Promise<KnownDevice> => {
    const id = await thumbprint(publicKeyFromBytes(publicKey))
    const key: Key | null = isSoundPoint(publicKey)
      ? await subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']).catch(() => null)
      : null // no point on the curve, or a weak one: a wrong key, which has signed nothing
    return {
      id,
      verify: async (signature, data) =>
        key !== null && isSoundSignature(signature) && (await subtle.verify('Ed25519', key, signature, data)),
    }
  }

  return publicKey => {
    const name = toBase64url(publicKey)
    const known = devices.get(name)
    if (known) return known
    const device = meet(publicKey)
    devices.set(name, device)
    if (devices.size > KEPT) devices.delete(devices.keys().next().value!)
    return device
  }
}
