import { fromBase64url } from '../../protocol/bytes.ts'
import { NONCE_BYTES } from '../../protocol/envelope.ts'
import { type DeviceId, HOME_DOCUMENT, publicKeyFromBytes, thumbprint } from '../../protocol/ids.ts'
import { fail, type Result } from '../../protocol/result.ts'
import {
  decodeSlotContent,
  encodeSlotContent,
  encodeSlotHeader,
  parseSlot,
  type SlotContent,
  slotData,
} from '../../protocol/slot.ts'
import { decrypt, isSigned, keysFor, type SealingDeps, sealAndSign } from './signed-seal.ts'

export interface SlotSealer {
  seal(content: SlotContent): Promise<Uint8Array>
  /**
   * Opens what a relay says is the slot of this device. Errors: `slot-malformed`, `slot-device`, `slot-signature`,
   * `slot-sealed`.
   */
  open(device: DeviceId, bytes: Uint8Array): Promise<Result<SlotContent>>
}

/** Seals like presence and signs like an envelope, so that a relay can neither read a slot nor pass it off as another's. */
export const createSlotSealer = ({ workspace, device, random, ...deps }: SealingDeps): SlotSealer => ({
  seal: async content => {
    const epoch = deps.epoch()
    const nonce = random(NONCE_BYTES)
    const header = encodeSlotHeader(epoch, fromBase64url(device.publicKey.x), nonce)
    const key = await deps.contentKeys(epoch)!('presence', HOME_DOCUMENT)
    const data = slotData(workspace, header)
    const plain = new Uint8Array(encodeSlotContent(content))
    return sealAndSign(key, device.signing, { nonce, data }, { header, plain })
  },
  open: async (from, bytes) => {
    const parsed = parseSlot(bytes)
    if (!parsed.ok) return parsed
    const slot = parsed.value
    if ((await thumbprint(publicKeyFromBytes(slot.device))) !== from)
      return fail('slot-device', 'It was made by another device.')
    const data = slotData(workspace, slot.header)
    if (!(await isSigned(slot, data))) return fail('slot-signature', 'Its signature is wrong.')
    const key = await (await keysFor(slot.epoch, deps))?.('presence', HOME_DOCUMENT)
    const plain = await decrypt(key, { nonce: slot.nonce, data }, slot.ciphertext)
    if (plain === null) return fail('slot-sealed', 'It could not be opened with the keys of this device.')
    return decodeSlotContent(plain)
  },
})
