import { fromBase64url, toBase64url } from './bytes.ts'
import { LAST_SEQUENCE } from './envelope.ts'
import { envelopeId, isSessionId } from './ids.ts'
import { MAX_ENVELOPES_PER_APPEND } from './limits.ts'
import {
  type Append,
  decodeClientMessage,
  decodeRelayMessage,
  encodeClientMessage,
  encodeRelayMessage,
} from './relay-codec.ts'
import {
  type ClientMessage,
  type Content,
  type Entry,
  type Known,
  type Mark,
  type RelayMessage,
  STAMP_BYTES,
  sameMark,
} from './relay-messages.ts'
import { fail, ok, type Result } from './result.ts'
import { createReader, createWriter, type Reader, type Writer } from './short-bytes.ts'
import { readEnvelope, SHORT_ENVELOPE_ROOM, writeEnvelope } from './short-envelope.ts'
import { createTables, type SaidDocument, type Tables } from './short-tables.ts'
import { Malformed } from './wire-fields.ts'

/**
 * Messages as they go over one connection. `append`, `known` and `content` have a short form, in which what was said
 * before on this connection is not said again; README.md describes it. All others, and those that the short form has no
 * room for, are CBOR as in relay-codec.ts: the first byte tells which, since CBOR arrays begin with 0x80 or more. Each
 * direction of each connection has an encoder and a decoder of its own, which see all of its messages in their order.
 */
export type Encode<M> = (message: M) => Uint8Array
export type Decode<M> = (bytes: Uint8Array) => Result<M>

/** The lowest two bits of the first byte; the others are flags. */
const TYPE = { append: 1, known: 2, content: 3 } as const
const FROM = 0x04
const REQUEST = 0x08

/** So that twice as much, and one, is still a safe integer. */
const LAST_POSITION = 2 ** 51
/** The first byte, a document, two marks, a request. */
const MESSAGE_ROOM = 64
const POSITION_ROOM = 8
const ID_ROOM = 25

// ── marks ──────────────────────────────────────────────────────────────────────────────────────

const isShortMark = ({ position, stamp }: Mark): boolean =>
  position <= LAST_POSITION && (stamp === null || stamp.length === 11)

/** A relay says one mark to many. */
const stampBytes = new WeakMap<Mark, Uint8Array>()

const stampOf = (mark: Mark, stamp: string): Uint8Array => {
  const bytes = stampBytes.get(mark) ?? fromBase64url(stamp)
  stampBytes.set(mark, bytes)
  return bytes
}

/** How far it is from a position, twice, and 1 where there is a stamp; then the stamp. */
const writeMark = (out: Writer, mark: Mark, base: number): void => {
  const { position, stamp } = mark
  out.count((position - base) * 2 + (stamp === null ? 0 : 1))
  if (stamp !== null) out.bytes(stampOf(mark, stamp))
}
const readMark = (from: Reader, base: number): Mark => {
  const value = from.count()
  const position = base + Math.floor(value / 2)
  if (position > LAST_POSITION) throw new Malformed('a position is too large')
  return { position, stamp: value % 2 === 1 ? toBase64url(from.bytes(STAMP_BYTES)) : null }
}

const isFromNeeded = (document: SaidDocument, from: Mark): boolean =>
  document.to === null || !sameMark(document.to, from)

const readFrom = (from: Reader, flags: number, document: SaidDocument): Mark => {
  if (flags & FROM) return readMark(from, 0)
  if (document.to === null) throw new Malformed('it does not say where it begins')
  return document.to
}

// ── append ─────────────────────────────────────────────────────────────────────────────────────

const envelopesRoom = (envelopes: readonly Uint8Array[], forEach: number): number =>
  envelopes.reduce((sum, { length }) => sum + length + SHORT_ENVELOPE_ROOM + forEach, MESSAGE_ROOM)

const writeAppend = (out: Writer, { document: id, envelopes }: Append, tables: Tables): Uint8Array => {
  out.begin(envelopesRoom(envelopes, 0))
  out.byte(TYPE.append)
  const document = tables.documents.writeId(out, id)
  const last = envelopes.length - 1
  envelopes.forEach((envelope, nth) => void writeEnvelope(out, tables, document, envelope, nth === last))
  return out.done()
}

const readAppend = (from: Reader, tables: Tables): Append => {
  if (from.byte() !== TYPE.append) throw new Malformed('there is no such message')
  const document = tables.documents.read(from)
  const envelopes: Uint8Array[] = []
  for (let isLast = false; !isLast; ) {
    if (envelopes.length === MAX_ENVELOPES_PER_APPEND) throw new Malformed('a list is too long')
    const next = readEnvelope(from, tables, document)
    envelopes.push(next.envelope)
    isLast = next.isLast
  }
  return { type: 'append', document: document.id, envelopes }
}

export const createClientEncoder = (): Encode<ClientMessage> => {
  const out = createWriter()
  const tables = createTables()
  return message =>
    message.type === 'append' && message.envelopes.length > 0
      ? writeAppend(out, message, tables)
      : encodeClientMessage(message)
}

// ── known ──────────────────────────────────────────────────────────────────────────────────────

interface NamedId {
  readonly session: string
  readonly sequence: number
}

/** An envelope's id in its one spelling; null for any other text. */
const partsOf = (id: string): NamedId | null => {
  const [session = '', number = ''] = id.split('.', 2)
  const sequence = Number(number)
  const isId = isSessionId(session) && sequence <= LAST_SEQUENCE && envelopeId(session, sequence) === id
  return isId && Number.isInteger(sequence) && sequence >= 0 ? { session, sequence } : null
}

/** Small for what is a little more or less. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)
const unzigzag = (value: number): number => (value % 2 === 1 ? -(value + 1) / 2 : value / 2)

const writeKnown = (
  out: Writer,
  known: Known,
  ids: readonly NamedId[],
  { documents, sessions }: Tables,
): Uint8Array => {
  out.begin(MESSAGE_ROOM + ids.length * ID_ROOM)
  const setFirst = out.later()
  const document = documents.writeId(out, known.document)
  const needsFrom = isFromNeeded(document, known.from)
  setFirst(TYPE.known | (needsFrom ? FROM : 0))
  if (needsFrom) writeMark(out, known.from, 0)
  writeMark(out, known.to, known.from.position)
  document.to = known.to
  for (const { session: id, sequence } of ids) {
    const session = sessions.writeId(out, id)
    out.count(zigzag(sequence - session.sequence - 1))
    session.sequence = sequence
  }
  return out.done()
}

const readKnown = (flags: number, from: Reader, { documents, sessions }: Tables): Known => {
  if (flags & ~FROM) throw new Malformed('there is no such message')
  const document = documents.read(from)
  const start = readFrom(from, flags, document)
  const to = readMark(from, start.position)
  document.to = to
  const envelopes: string[] = []
  while (!from.isAtEnd()) {
    const session = sessions.read(from)
    const sequence = session.sequence + 1 + unzigzag(from.count())
    if (sequence < 0 || sequence > LAST_SEQUENCE) throw new Malformed('there is no such envelope')
    session.sequence = sequence
    envelopes.push(envelopeId(session.id, sequence))
  }
  return { type: 'known', document: document.id, envelopes, from: start, to }
}

// ── content ────────────────────────────────────────────────────────────────────────────────────

const writeContent = (out: Writer, content: Content, tables: Tables): Uint8Array => {
  const { entries, from, to, request } = content
  out.begin(
    envelopesRoom(
      entries.map(({ envelope }) => envelope),
      POSITION_ROOM,
    ),
  )
  const setFirst = out.later()
  const document = tables.documents.writeId(out, content.document)
  const needsFrom = isFromNeeded(document, from)
  const needsRequest = document.request !== request
  setFirst(TYPE.content | (needsFrom ? FROM : 0) | (needsRequest ? REQUEST : 0))
  if (needsRequest) out.count(request)
  if (needsFrom) writeMark(out, from, 0)
  writeMark(out, to, from.position)
  document.request = request
  document.to = to
  let { position } = from
  entries.forEach((entry, nth) => {
    out.count(entry.position - position)
    position = entry.position
    writeEnvelope(out, tables, document, entry.envelope, nth === entries.length - 1)
  })
  return out.done()
}

const readContent = (flags: number, from: Reader, tables: Tables): Content => {
  if (flags & ~(FROM | REQUEST)) throw new Malformed('there is no such message')
  const document = tables.documents.read(from)
  const request = flags & REQUEST ? from.count() : document.request
  const start = readFrom(from, flags, document)
  const to = readMark(from, start.position)
  document.request = request
  document.to = to
  const entries: Entry[] = []
  let { position } = start
  for (let isLast = from.isAtEnd(); !isLast; ) {
    position += from.count(LAST_POSITION)
    if (position > LAST_POSITION) throw new Malformed('a position is too large')
    const next = readEnvelope(from, tables, document)
    entries.push({ position, envelope: next.envelope })
    isLast = next.isLast
  }
  return { type: 'content', document: document.id, request, from: start, to, entries }
}

/** Whether positions only grow, from where it begins. */
const isInOrder = ({ from, to, entries }: Content | (Known & { readonly entries?: undefined })): boolean => {
  let { position } = from
  for (const entry of entries ?? []) {
    if (entry.position < position) return false
    position = entry.position
  }
  return position <= LAST_POSITION && from.position <= to.position && isShortMark(from) && isShortMark(to)
}

export const createRelayEncoder = (): Encode<RelayMessage> => {
  const out = createWriter()
  const tables = createTables()
  return message => {
    if (message.type === 'content' && isInOrder(message)) return writeContent(out, message, tables)
    if (message.type === 'known' && isInOrder(message)) {
      const ids = message.envelopes.map(partsOf)
      if (ids.every(id => id !== null)) return writeKnown(out, message, ids, tables)
    }
    return encodeRelayMessage(message)
  }
}

// ── decoders ───────────────────────────────────────────────────────────────────────────────────

/**
 * After a short message that could not be read the two ends may remember different things: no further one can be
 * trusted to say what its sender meant, so none is read any more.
 */
const createDecoder = <M>(
  decodeLong: Decode<M>,
  readShort: (from: Reader, tables: Tables) => M,
): Decode<M> => {
  const tables = createTables()
  let lost = false
  return bytes => {
    if (bytes.length === 0 || bytes[0]! >= 0x80) return decodeLong(bytes)
    if (lost) return fail('malformed', 'A message before could not be read, on which this one builds.')
    try {
      const from = createReader(bytes)
      const message = readShort(from, tables)
      if (!from.isAtEnd()) throw new Malformed('there is more than expected')
      return ok(message)
    } catch (error) {
      lost = true
      return fail('malformed', `The message could not be read: ${(error as Error).message}.`)
    }
  }
}

export const createClientDecoder = (): Decode<ClientMessage> => createDecoder(decodeClientMessage, readAppend)

export const createRelayDecoder = (): Decode<RelayMessage> =>
  createDecoder<RelayMessage>(decodeRelayMessage, (from, tables) => {
    const first = from.byte()
    const flags = first & ~0x03
    switch (first & 0x03) {
      case TYPE.known:
        return readKnown(flags, from, tables)
      case TYPE.content:
        return readContent(flags, from, tables)
      default:
        throw new Malformed('there is no such message')
    }
  })
