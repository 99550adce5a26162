import { equalBytes } from './bytes.ts'
import {
  FINGERPRINT_BYTES,
  isSecondVersion,
  LAST_SEQUENCE,
  PLACES,
  SECOND_VERSION,
  SIGNATURE_BYTES,
  secondFingerprint,
  TAG_BYTES,
} from './envelope.ts'
import type { Reader, Writer } from './short-bytes.ts'
import { FINGERPRINTS_PER_SESSION, type SaidDocument, type SaidSession, type Tables } from './short-tables.ts'
import { Malformed } from './wire-fields.ts'

/**
 * An envelope on a connection: what its header repeats of earlier ones is left out, and put back at the other end. So
 * what is stored, verified and opened is always the whole envelope. A byte of flags begins it.
 */
const FLAG = {
  /** The lowest two bits are those of the envelope's own first byte. */
  own: 0x03,
  device: 0x04,
  epoch: 0x08,
  sequence: 0x10,
  previous: 0x20,
  /** The last of its message: its end needs no length. */
  last: 0x40,
  /** Sent as it is, because it is not laid out as version 2. */
  whole: 0x80,
} as const

/** What one envelope takes more than its own bytes, at most. */
export const SHORT_ENVELOPE_ROOM = 16

const ZEROS = new Uint8Array(FINGERPRINT_BYTES)

const readNumber = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
const writeNumber = (bytes: Uint8Array, at: number, value: number): void => {
  for (let byte = 0; byte < 4; byte += 1) bytes[at + byte] = value >>> (24 - 8 * byte)
}

const expectedPrevious = (session: SaidSession, document: SaidDocument): Uint8Array => {
  for (const said of session.fingerprints) if (said.document === document) return said.fingerprint
  return ZEROS
}

/** What both ends remember of an envelope that passed. */
const remember = (session: SaidSession, document: SaidDocument, fingerprint: Uint8Array): void => {
  const said = session.fingerprints
  const latest = said.at(-1)
  if (latest?.document === document) {
    latest.fingerprint = fingerprint
    return
  }
  const known = said.findIndex(entry => entry.document === document)
  if (known >= 0) said.splice(known, 1)
  else if (said.length === FINGERPRINTS_PER_SESSION) said.shift()
  said.push({ document, fingerprint })
}

/** What is written of an envelope of version 2, cut once. What is remembered longer than the envelope is a copy. */
interface Pieces {
  readonly session: Uint8Array
  readonly device: Uint8Array
  readonly epoch: number
  readonly sequence: number
  readonly previous: Uint8Array
  readonly fingerprint: Uint8Array
  readonly body: Uint8Array
}

/** A relay writes one envelope for many readers. */
const piecesOf = new WeakMap<Uint8Array, Pieces>()

const cut = (envelope: Uint8Array): Pieces => {
  const before = piecesOf.get(envelope)
  if (before) return before
  const pieces: Pieces = {
    session: envelope.slice(PLACES.session, PLACES.sequence),
    device: envelope.slice(PLACES.device, PLACES.session),
    epoch: readNumber(envelope, PLACES.epoch),
    sequence: readNumber(envelope, PLACES.sequence),
    previous: envelope.subarray(PLACES.previous, PLACES.ciphertext),
    fingerprint: secondFingerprint(envelope),
    body: envelope.subarray(PLACES.ciphertext),
  }
  piecesOf.set(envelope, pieces)
  return pieces
}

export const writeEnvelope = (
  out: Writer,
  { sessions }: Tables,
  document: SaidDocument,
  envelope: Uint8Array,
  isLast: boolean,
): void => {
  const last = isLast ? FLAG.last : 0
  if (!isSecondVersion(envelope)) {
    out.byte(FLAG.whole | last)
    if (!isLast) out.count(envelope.length)
    out.bytes(envelope)
    return
  }
  const { device, epoch, sequence, previous, body, fingerprint, session: name } = cut(envelope)
  const setFlags = out.later()
  const session = sessions.writeBytes(out, name)
  let flags = last | (envelope[0]! & FLAG.own)
  if (session.device === null || !equalBytes(session.device, device)) {
    flags |= FLAG.device
    session.device = device
    out.bytes(device)
  }
  if (session.epoch !== epoch) {
    flags |= FLAG.epoch
    session.epoch = epoch
    out.bytes(envelope.subarray(PLACES.epoch, PLACES.device))
  }
  if (session.sequence + 1 !== sequence) {
    flags |= FLAG.sequence
    out.count(sequence)
  }
  session.sequence = sequence
  if (!equalBytes(expectedPrevious(session, document), previous)) {
    flags |= FLAG.previous
    out.bytes(previous)
  }
  setFlags(flags)
  remember(session, document, fingerprint)
  if (!isLast) out.count(body.length)
  out.bytes(body)
}

/** The whole envelope again, and whether it was the last of its message. */
export const readEnvelope = (
  from: Reader,
  { sessions }: Tables,
  document: SaidDocument,
): { readonly envelope: Uint8Array; readonly isLast: boolean } => {
  const flags = from.byte()
  const isLast = (flags & FLAG.last) !== 0
  const rest = (): Uint8Array => (isLast ? from.rest() : from.bytes(from.count()))
  if (flags & FLAG.whole) {
    if (flags & ~(FLAG.whole | FLAG.last)) throw new Malformed('the flags of an envelope are wrong')
    return { envelope: rest().slice(), isLast }
  }
  const session = sessions.read(from)
  if (flags & FLAG.device) session.device = from.bytes(PLACES.session - PLACES.device).slice()
  if (session.device === null) throw new Malformed('nobody was said to have made an envelope')
  if (flags & FLAG.epoch) session.epoch = readNumber(from.bytes(4), 0)
  const sequence = flags & FLAG.sequence ? from.count(LAST_SEQUENCE) : session.sequence + 1
  if (sequence > LAST_SEQUENCE) throw new Malformed('a session has come to its end')
  session.sequence = sequence
  const previous = flags & FLAG.previous ? from.bytes(FINGERPRINT_BYTES) : expectedPrevious(session, document)
  const body = rest()
  if (body.length < TAG_BYTES + SIGNATURE_BYTES) throw new Malformed('an envelope is cut short')
  const envelope = new Uint8Array(PLACES.ciphertext + body.length)
  envelope[0] = SECOND_VERSION | (flags & FLAG.own)
  writeNumber(envelope, PLACES.epoch, session.epoch)
  envelope.set(session.device, PLACES.device)
  envelope.set(session.bytes, PLACES.session)
  writeNumber(envelope, PLACES.sequence, sequence)
  envelope.set(previous, PLACES.previous)
  envelope.set(body, PLACES.ciphertext)
  remember(session, document, secondFingerprint(envelope))
  return { envelope, isLast }
}
