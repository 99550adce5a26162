import { decode, encode } from 'cborg'
import { type Bytes, concatBytes, fromBase64url } from './bytes.ts'
import { type DocumentId, isDocumentId, type WorkspaceId } from './ids.ts'
import { fail, ok, type Result } from './result.ts'

/** What a device tells the others about itself; README.md, "Slots". */
export interface SlotContent {
  readonly log: string
  /** Everything of this log up to here is stored on the device, and was read back from its disk. */
  readonly stored: number
  /** When it was made, by the device's own clock; each is later than the one before. */
  readonly at: number
  /** Documents that others are asked to audit. */
  readonly wants: readonly Want[]
  /** Wants of others that this device has answered. */
  readonly haves: readonly string[]
}

export interface Want {
  readonly document: DocumentId
  /** Chosen by whoever wants it. */
  readonly want: string
}

export const encodeSlotContent = (content: SlotContent): Uint8Array =>
  encode({ ...content, wants: content.wants.map(({ document, want }) => [document, want]) })

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= 64
const isPair = (value: unknown): value is [DocumentId, string] =>
  Array.isArray(value) && value.length === 2 && isDocumentId(value[0]) && isName(value[1])

export const decodeSlotContent = (bytes: Uint8Array): Result<SlotContent> => {
  const malformed = fail('slot-malformed', 'What the slot holds cannot be read.')
  try {
    const { log, stored, at, wants, haves } = decode(bytes) as Record<string, unknown>
    if (!isName(log) || !isCount(stored) || !isCount(at)) return malformed
    if (!Array.isArray(wants) || !wants.every(isPair)) return malformed
    if (!Array.isArray(haves) || !haves.every(isName)) return malformed
    return ok({ log, stored, at, wants: wants.map(([document, want]) => ({ document, want })), haves })
  } catch {
    return malformed
  }
}

// ── the sealed form ────────────────────────────────────────────────────────────────────────────

const VERSION = 1
const NONCE_BYTES = 12
const HEADER_BYTES = 1 + 4 + 32 + NONCE_BYTES
const SIGNATURE_BYTES = 64

export interface SealedSlot {
  readonly epoch: number
  /** Raw public Ed25519 key. */
  readonly device: Bytes
  readonly nonce: Bytes
  readonly header: Bytes
  readonly ciphertext: Bytes
  readonly signature: Bytes
}

export const encodeSlotHeader = (epoch: number, device: Uint8Array, nonce: Uint8Array): Bytes => {
  const start = new Uint8Array(5)
  start[0] = VERSION
  new DataView(start.buffer).setUint32(1, epoch)
  return concatBytes(start, device, nonce)
}

/** Takes the bytes apart; nothing of it is verified yet. */
export const parseSlot = (bytes: Uint8Array): Result<SealedSlot> => {
  if (bytes.length < HEADER_BYTES + SIGNATURE_BYTES || bytes[0] !== VERSION)
    return fail('slot-malformed', 'This is no slot of a version that is known here.')
  const whole = new Uint8Array(bytes)
  return ok({
    epoch: new DataView(whole.buffer).getUint32(1),
    device: whole.slice(5, 37),
    nonce: whole.slice(37, HEADER_BYTES),
    header: whole.slice(0, HEADER_BYTES),
    ciphertext: whole.slice(HEADER_BYTES, -SIGNATURE_BYTES),
    signature: whole.slice(-SIGNATURE_BYTES),
  })
}

const LABEL = new Uint8Array([...'holdfast-slot'].map(letter => letter.charCodeAt(0)))

/** Additional data of the cipher; with the cipher text behind it, what is signed. */
export const slotData = (workspace: WorkspaceId, header: Uint8Array): Bytes =>
  concatBytes(LABEL, fromBase64url(workspace), header)
