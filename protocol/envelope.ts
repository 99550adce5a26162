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
import { sha256 } from './web-crypto.ts'

/**
 * A sealed and signed Yjs update. All numbers are big-endian.
 *
 *     0    1  version 2 (high four bits), kind (bit 1: 0 update, 1 snapshot), encoding of the plain text (bit 0: 0 Yjs
 *             V1, 1 Yjs V2); the other bits are zero
 *     1    4  key epoch
 *     5   32  device: its public Ed25519 key
 *    37   16  session
 *    53    4  sequence, from 1, counting all envelopes of the session
 *    57    9  previous: fingerprint of the session's previous envelope for this document and relay, zeros for the first
 *    66    n  AES-256-GCM cipher text with its 16 byte tag
 *  66+n   64  Ed25519 signature
 *
 * The nonce is not in it: it follows from session and sequence. Version 1 stays readable, because logs hold it.
 */
export interface EnvelopeHeader {
  readonly kind: EnvelopeKind
  readonly encoding: UpdateEncoding
  readonly epoch: number
  /** The device's raw public key. Its thumbprint is the device's id. */
  readonly device: Uint8Array
  readonly session: SessionId
  readonly sequence: number
  /** 9 bytes; in version 1 the whole hash of 32, which begins with them. */
  readonly previous: Uint8Array
}

export type EnvelopeKind = 'update' | 'snapshot'
export type UpdateEncoding = 'v1' | 'v2'

export interface Envelope extends EnvelopeHeader {
  readonly id: EnvelopeId
  /** The nonce of version 1; null where it is not sent. */
  readonly sentNonce: Bytes | null
  readonly headerBytes: Bytes
  readonly ciphertext: Bytes
  readonly signature: Bytes
}

const KINDS: readonly EnvelopeKind[] = ['update', 'snapshot']
const ENCODINGS: readonly UpdateEncoding[] = ['v1', 'v2']
const DEVICE_BYTES = 32
export const FINGERPRINT_BYTES = 9
export const NONCE_BYTES = 12
/** A sequence has 4 bytes. */
export const LAST_SEQUENCE = 0xffffffff
export const SIGNATURE_BYTES = 64
export const TAG_BYTES = 16

/** Where the fields of version 2 begin. */
export const PLACES = {
  epoch: 1,
  device: 5,
  session: 37,
  sequence: 53,
  previous: 57,
  ciphertext: 66,
} as const
/** The high four bits of the first byte. */
export const SECOND_VERSION = 0x20
/** What sealing adds to an update. */
export const ENVELOPE_OVERHEAD_BYTES = PLACES.ciphertext + TAG_BYTES + SIGNATURE_BYTES

/** Where those of version 1 do, whose first three bytes are version, kind and encoding, both counted from 1. */
const FIRST = {
  epoch: 3,
  device: 7,
  session: 39,
  sequence: 55,
  previous: 59,
  nonce: 91,
  ciphertext: 103,
} as const

/** Whether these bytes are laid out as version 2 is; whatever stands in its fields. */
export const isSecondVersion = (bytes: Uint8Array): boolean =>
  (bytes[0]! & 0xfc) === SECOND_VERSION && bytes.length >= ENVELOPE_OVERHEAD_BYTES

export const encodeHeader = (header: EnvelopeHeader): Bytes => {
  const bytes = new Uint8Array(PLACES.ciphertext)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, SECOND_VERSION | (KINDS.indexOf(header.kind) << 1) | ENCODINGS.indexOf(header.encoding))
  view.setUint32(PLACES.epoch, header.epoch)
  bytes.set(header.device, PLACES.device)
  bytes.set(fromBase64url(header.session), PLACES.session)
  view.setUint32(PLACES.sequence, header.sequence)
  bytes.set(header.previous, PLACES.previous)
  return bytes
}

/** Reads the layout only: neither signature nor content is checked here. */
export const parseEnvelope = (bytes: Uint8Array): Result<Envelope> => {
  if (bytes.length > MAX_ENVELOPE_BYTES) return fail('envelope-too-large', 'The envelope is too large.')
  if (bytes.length < ENVELOPE_OVERHEAD_BYTES) return fail('malformed-envelope', 'The envelope is too short.')
  const isFirst = bytes[0] === 1
  const places = isFirst ? FIRST : PLACES
  const [kind, encoding] = isFirst
    ? [KINDS[bytes[1]! - 1], ENCODINGS[bytes[2]! - 1]]
    : [KINDS[(bytes[0]! >> 1) & 1], ENCODINGS[bytes[0]! & 1]]
  const whole = new Uint8Array(bytes)
  const view = new DataView(whole.buffer)
  const sequence = view.getUint32(places.sequence)
  if (!(isFirst || isSecondVersion(bytes)) || !kind || !encoding || sequence === 0)
    return fail('malformed-envelope', 'The envelope is of an unknown version or kind.')
  const end = whole.length - SIGNATURE_BYTES
  if (end - places.ciphertext < TAG_BYTES) return fail('malformed-envelope', 'The envelope is too short.')
  const session = toBase64url(whole.subarray(places.session, places.sequence))
  return ok({
    kind,
    encoding,
    epoch: view.getUint32(places.epoch),
    device: whole.slice(places.device, places.device + DEVICE_BYTES),
    session,
    sequence,
    previous: whole.slice(places.previous, isFirst ? FIRST.nonce : places.ciphertext),
    sentNonce: isFirst ? whole.slice(FIRST.nonce, FIRST.ciphertext) : null,
    id: envelopeId(session, sequence),
    headerBytes: whole.slice(0, places.ciphertext),
    ciphertext: whole.slice(places.ciphertext, end),
    signature: whole.slice(end),
  })
}

const ascii = (text: string): Bytes => new Uint8Array([...text].map(letter => letter.charCodeAt(0)))

const NONCE_LABEL = ascii('holdfast-nonce')

/**
 * A session and a sequence name one envelope for good, in whatever document and epoch, so that no key ever seals two
 * with one nonce: the first 12 bytes of SHA-256 over label, session (16 bytes) and sequence (4).
 */
export const nonceFor = async (session: SessionId, sequence: number): Promise<Bytes> => {
  const place = new Uint8Array(4)
  new DataView(place.buffer).setUint32(0, sequence)
  return (await sha256(concatBytes(NONCE_LABEL, fromBase64url(session), place))).slice(0, NONCE_BYTES)
}

export const nonceOf = async (envelope: Envelope): Promise<Bytes> =>
  envelope.sentNonce ?? nonceFor(envelope.session, envelope.sequence)

/** Of an envelope laid out as version 2: how its signature begins, which nobody without the device's key can make another to. */
export const secondFingerprint = (bytes: Uint8Array): Uint8Array => {
  const signature = bytes.length - SIGNATURE_BYTES
  return bytes.slice(signature, signature + FINGERPRINT_BYTES)
}

/** What the next envelope's `previous` says. For version 1 its SHA-256, cut to the same length. */
export const fingerprintOf = async (bytes: Uint8Array): Promise<Uint8Array> =>
  isSecondVersion(bytes)
    ? secondFingerprint(bytes)
    : (await sha256(new Uint8Array(bytes))).slice(0, FINGERPRINT_BYTES)

const LABEL = ascii('holdfast-envelope')

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
