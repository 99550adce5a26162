import { type Bytes, concatBytes, fromBase64url, toBase64url } from './bytes.ts'
import {
  type DocumentId,
  documentBytes,
  type EnvelopeId,
  envelopeId,
  type SessionId,
  type WorkspaceId,
} from './ids.ts'
import { MAX_ENVELOPE_BYTES } from './limits.ts'
import { fail, ok, type Result } from './result.ts'

/**
 * A sealed and signed Yjs update. All numbers are big-endian.
 *
 *     0    1  version (1)
 *     1    1  kind: 1 update, 2 snapshot
 *     2    1  encoding of the plain text: 1 Yjs V1, 2 Yjs V2
 *     3    4  key epoch
 *     7   32  device: its public Ed25519 key
 *    39   16  session
 *    55    4  sequence, from 1, counting all envelopes of the session
 *    59   32  previous: SHA-256 of the session's previous envelope for this document and relay, zeros for the first
 *    91   12  nonce
 *   103    n  AES-256-GCM cipher text with its 16 byte tag
 *  103+n  64  Ed25519 signature
 */
export interface EnvelopeHeader {
  readonly kind: EnvelopeKind
  readonly encoding: UpdateEncoding
  readonly epoch: number
  /** The device's raw public key. Its thumbprint is the device's id. */
  readonly device: Uint8Array
  readonly session: SessionId
  readonly sequence: number
  readonly previous: Uint8Array
  readonly nonce: Uint8Array
}

export type EnvelopeKind = 'update' | 'snapshot'
export type UpdateEncoding = 'v1' | 'v2'

export interface Envelope extends EnvelopeHeader {
  readonly id: EnvelopeId
  readonly headerBytes: Bytes
  readonly ciphertext: Bytes
  readonly signature: Bytes
}

const VERSION = 1
const KINDS: readonly EnvelopeKind[] = ['update', 'snapshot']
const ENCODINGS: readonly UpdateEncoding[] = ['v1', 'v2']
const HEADER_BYTES = 103
export const HASH_BYTES = 32
export const NONCE_BYTES = 12
const SIGNATURE_BYTES = 64
const TAG_BYTES = 16
/** What sealing adds to an update. */
export const ENVELOPE_OVERHEAD_BYTES = HEADER_BYTES + TAG_BYTES + SIGNATURE_BYTES

export const encodeHeader = (header: EnvelopeHeader): Bytes => {
  const bytes = new Uint8Array(HEADER_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, VERSION)
  view.setUint8(1, KINDS.indexOf(header.kind) + 1)
  view.setUint8(2, ENCODINGS.indexOf(header.encoding) + 1)
  view.setUint32(3, header.epoch)
  bytes.set(header.device, 7)
  bytes.set(fromBase64url(header.session), 39)
  view.setUint32(55, header.sequence)
  bytes.set(header.previous, 59)
  bytes.set(header.nonce, 91)
  return bytes
}

/** Reads the layout only: neither signature nor content is checked here. */
export const parseEnvelope = (bytes: Uint8Array): Result<Envelope> => {
  if (bytes.length > MAX_ENVELOPE_BYTES) return fail('envelope-too-large', 'The envelope is too large.')
  if (bytes.length < ENVELOPE_OVERHEAD_BYTES) return fail('malformed-envelope', 'The envelope is too short.')
  const whole = new Uint8Array(bytes)
  const view = new DataView(whole.buffer)
  const kind = KINDS[view.getUint8(1) - 1]
  const encoding = ENCODINGS[view.getUint8(2) - 1]
  const sequence = view.getUint32(55)
  if (view.getUint8(0) !== VERSION || !kind || !encoding || sequence === 0) {
    return fail('malformed-envelope', 'The envelope is of an unknown version or kind.')
  }
  const session = toBase64url(whole.subarray(39, 55))
  const end = whole.length - SIGNATURE_BYTES
  return ok({
    kind,
    encoding,
    epoch: view.getUint32(3),
    device: whole.slice(7, 39),
    session,
    sequence,
    previous: whole.slice(59, 91),
    nonce: whole.slice(91, HEADER_BYTES),
    id: envelopeId(session, sequence),
    headerBytes: whole.slice(0, HEADER_BYTES),
    ciphertext: whole.slice(HEADER_BYTES, end),
    signature: whole.slice(end),
  })
}

const LABEL = new Uint8Array([...'holdfast-envelope'].map(letter => letter.charCodeAt(0)))

/** The additional data of AES-GCM: label, workspace (32), document (16), header. Nothing in it can be swapped. */
export const additionalData = (
  workspace: WorkspaceId,
  document: DocumentId,
  headerBytes: Uint8Array,
): Bytes => concatBytes(LABEL, fromBase64url(workspace), documentBytes(document), headerBytes)

/** What the device signs: the additional data followed by the cipher text. */
export const signedBytes = (
  workspace: WorkspaceId,
  document: DocumentId,
  headerBytes: Uint8Array,
  ciphertext: Uint8Array,
): Bytes => concatBytes(additionalData(workspace, document, headerBytes), ciphertext)
