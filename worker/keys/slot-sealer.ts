import { concatBytes, fromBase64url } from '../../protocol/bytes.ts'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import { NONCE_BYTES } from '../../protocol/envelope.ts'
import {
  type DeviceId,
  HOME_DOCUMENT,
  publicKeyFromBytes,
  thumbprint,
  type WorkspaceId,
} from '../../protocol/ids.ts'
import { fail, type Result } from '../../protocol/result.ts'
import {
  decodeSlotContent,
  encodeSlotContent,
  encodeSlotHeader,
  parseSlot,
  type SlotContent,
  slotData,
} from '../../protocol/slot.ts'
import { verifyEd25519 } from '../../protocol/web-crypto.ts'
import type { Random } from '../platform/random.ts'
import type { ContentKeys } from './key-derivation.ts'

export interface SlotSealer {
  seal(content: SlotContent): Promise<Uint8Array>
  /**
   * Opens what a relay says is the slot of this device. Errors: `slot-malformed`, `slot-device`, `slot-signature`,
   * `slot-sealed`.
   */
  open(device: DeviceId, bytes: Uint8Array): Promise<Result<SlotContent>>
}

interface Deps {
  readonly workspace: WorkspaceId
  readonly device: DeviceKeys<CryptoKey>
  readonly random: Random
  readonly contentKeys: (epoch: number) => ContentKeys | null
  readonly epoch: () => number
}

/** Seals like presence and signs like an envelope, so that a relay can neither read a slot nor pass it off as another's. */
export const createSlotSealer = ({ workspace, device, random, contentKeys, epoch }: Deps): SlotSealer => ({
  seal: async content => {
    const now = epoch()
    const iv = random(NONCE_BYTES)
    const header = encodeSlotHeader(now, fromBase64url(device.publicKey.x), iv)
    const key = await contentKeys(now)!('presence', HOME_DOCUMENT)
    const data = slotData(workspace, header)
    const plain = new Uint8Array(encodeSlotContent(content))
    const algorithm = { name: 'AES-GCM', iv, additionalData: data }
    const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plain))
    const signed = concatBytes(data, ciphertext)
    const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', device.signing, signed))
    return concatBytes(header, ciphertext, signature)
  },
  open: async (from, bytes) => {
    const parsed = parseSlot(bytes)
    if (!parsed.ok) return parsed
    const slot = parsed.value
    if ((await thumbprint(publicKeyFromBytes(slot.device))) !== from)
      return fail('slot-device', 'It was made by another device.')
    const data = slotData(workspace, slot.header)
    if (!(await verifyEd25519(slot.device, slot.signature, concatBytes(data, slot.ciphertext))))
      return fail('slot-signature', 'Its signature is wrong.')
    const sealed = fail('slot-sealed', 'It could not be opened with the keys of this device.')
    const key = await contentKeys(slot.epoch)?.('presence', HOME_DOCUMENT)
    if (!key) return sealed
    const algorithm = { name: 'AES-GCM', iv: slot.nonce, additionalData: data }
    try {
      return decodeSlotContent(new Uint8Array(await crypto.subtle.decrypt(algorithm, key, slot.ciphertext)))
    } catch {
      return sealed
    }
  },
})
