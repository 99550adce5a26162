import { decode, encode } from 'cborg'
import { fromBase64url, toBase64url } from './bytes.ts'
import {
  type DeviceId,
  DOCUMENT_ID_BYTES,
  type DocumentId,
  documentBytes,
  documentFromBytes,
  type EnvelopeId,
  isDeviceId,
} from './ids.ts'
import {
  MAX_ENVELOPES_PER_APPEND,
  MAX_EPHEMERAL_BYTES,
  MAX_REPLACED,
  MAX_SLOT_BYTES,
  MAX_STATEMENT_BYTES,
  MAX_STATEMENTS,
  MAX_TOKEN_BYTES,
} from './limits.ts'
import {
  type ClientMessage,
  type Entry,
  isRefusalCode,
  type Mark,
  type RelayMessage,
  type Stamp,
} from './relay-messages.ts'
import { fail, ok, type Result } from './result.ts'

/**
 * Messages are CBOR (RFC 8949) arrays that begin with the message's name; README.md lists the fields.
 * Document ids, stamps and envelopes are byte strings, positions unsigned integers.
 */

type Wire = readonly unknown[]

const wireMark = (mark: Mark): Wire => [mark.position, mark.stamp === null ? null : fromBase64url(mark.stamp)]

const clientWire = (message: ClientMessage): Wire => {
  switch (message.type) {
    case 'load':
      return ['load', documentBytes(message.document), message.after, message.request]
    case 'leave':
      return ['leave', documentBytes(message.document)]
    case 'append':
      return ['append', documentBytes(message.document), message.envelopes]
    case 'replace':
      return ['replace', documentBytes(message.document), message.envelope, message.replaced]
    case 'watch':
      return ['watch', message.after]
    case 'ephemeral':
      return ['ephemeral', documentBytes(message.document), message.data]
    case 'slot':
      return ['slot', message.data]
    case 'renew':
      return ['renew', message.token]
    case 'ping':
      return ['ping']
  }
}

const relayWire = (message: RelayMessage): Wire => {
  switch (message.type) {
    case 'hello':
      return [
        'hello',
        message.protocol,
        message.log,
        wireMark(message.head),
        message.generation,
        message.access,
      ]
    case 'content':
      return [
        'content',
        documentBytes(message.document),
        message.request,
        wireMark(message.from),
        wireMark(message.to),
        message.entries.map(entry => [entry.position, entry.envelope]),
      ]
    case 'done':
      return ['done', documentBytes(message.document), message.request, wireMark(message.head)]
    case 'known':
      return [
        'known',
        documentBytes(message.document),
        message.envelopes,
        wireMark(message.from),
        wireMark(message.to),
      ]
    case 'changed':
      return [
        'changed',
        message.documents.map(({ document, head }) => [documentBytes(document), head]),
        wireMark(message.from),
        wireMark(message.to),
      ]
    case 'slots':
      return ['slots', message.slots.map(({ device, data }) => [device, data])]
    case 'access':
      return ['access', message.generation, message.access]
    case 'refused':
      return [
        'refused',
        message.code,
        message.message,
        message.document === null ? null : documentBytes(message.document),
        message.envelopes,
      ]
    case 'ephemeral':
      return ['ephemeral', documentBytes(message.document), message.data]
    case 'pong':
      return ['pong']
  }
}

export const encodeClientMessage = (message: ClientMessage): Uint8Array => encode(clientWire(message))
export const encodeRelayMessage = (message: RelayMessage): Uint8Array => encode(relayWire(message))

class Malformed extends Error {}

/** Takes the fields of a message apart, one by one, and throws `Malformed` at the first that is not as described. */
const reader = (wire: Wire) => {
  let at = 1
  const next = (): unknown => {
    if (at >= wire.length) throw new Malformed('a field is missing')
    return wire[at++]
  }
  const read = {
    count: (): number => asCount(next()),
    text: (limit: number): string => asText(next(), limit),
    bytes: (limit?: number): Uint8Array => asBytes(next(), limit),
    document: (): DocumentId => asDocument(next()),
    documentOrNull: (): DocumentId | null => {
      const value = next()
      return value === null ? null : asDocument(value)
    },
    mark: (): Mark => asMark(next()),
    list: <T>(item: (value: unknown) => T, limit = Number.POSITIVE_INFINITY): T[] =>
      asList(next(), limit).map(item),
    end: (): void => {
      if (at !== wire.length) throw new Malformed('there are more fields than expected')
    },
  }
  return read
}

const asCount = (value: unknown): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new Malformed('a number is not a count')
  return value
}

const asText = (value: unknown, limit: number): string => {
  if (typeof value !== 'string' || value.length > limit) throw new Malformed('a text is missing or too long')
  return value
}

const asBytes = (value: unknown, limit = Number.POSITIVE_INFINITY): Uint8Array => {
  if (!(value instanceof Uint8Array) || value.length > limit)
    throw new Malformed('bytes are missing or too long')
  return value
}

const asDocument = (value: unknown): DocumentId => {
  const bytes = asBytes(value)
  if (bytes.length !== DOCUMENT_ID_BYTES) throw new Malformed('a document id is not 16 bytes')
  return documentFromBytes(bytes)
}

const asList = (value: unknown, limit = Number.POSITIVE_INFINITY): readonly unknown[] => {
  if (!Array.isArray(value) || value.length > limit) throw new Malformed('a list is missing or too long')
  return value
}

const asPair = (value: unknown): readonly [unknown, unknown] => {
  const list = asList(value, 2)
  if (list.length !== 2) throw new Malformed('a pair is not two values')
  return [list[0], list[1]]
}

const STAMP_BYTES = 8
/** SHA-256 as base64url. */
const DIGEST_LENGTH = 43

const asStamp = (value: unknown): Stamp => {
  const bytes = asBytes(value)
  if (bytes.length !== STAMP_BYTES) throw new Malformed('a stamp is not 8 bytes')
  return toBase64url(bytes)
}

const asMark = (value: unknown): Mark => {
  const [position, stamp] = asPair(value)
  return { position: asCount(position), stamp: stamp === null ? null : asStamp(stamp) }
}

const asEntry = (value: unknown): Entry => {
  const [position, envelope] = asPair(value)
  return { position: asCount(position), envelope: asBytes(envelope) }
}

const asDevice = (value: unknown): DeviceId => {
  if (typeof value !== 'string' || !isDeviceId(value)) throw new Malformed('a device id is missing')
  return value
}

const asEnvelopeId = (value: unknown): EnvelopeId => asText(value, 40)

type Fields = ReturnType<typeof reader>

const clientReaders: Record<ClientMessage['type'], (fields: Fields) => ClientMessage> = {
  load: f => ({ type: 'load', document: f.document(), after: f.count(), request: f.count() }),
  leave: f => ({ type: 'leave', document: f.document() }),
  append: f => ({
    type: 'append',
    document: f.document(),
    envelopes: f.list(value => asBytes(value), MAX_ENVELOPES_PER_APPEND),
  }),
  replace: f => ({
    type: 'replace',
    document: f.document(),
    envelope: f.bytes(),
    replaced: f.list(asCount, MAX_REPLACED),
  }),
  watch: f => ({ type: 'watch', after: f.count() }),
  ephemeral: f => ({ type: 'ephemeral', document: f.document(), data: f.bytes(MAX_EPHEMERAL_BYTES) }),
  slot: f => ({ type: 'slot', data: f.bytes(MAX_SLOT_BYTES) }),
  renew: f => ({ type: 'renew', token: f.text(MAX_TOKEN_BYTES) }),
  ping: () => ({ type: 'ping' }),
}

const relayReaders: Record<RelayMessage['type'], (fields: Fields) => RelayMessage> = {
  hello: f => ({
    type: 'hello',
    protocol: f.count(),
    log: f.text(64),
    head: f.mark(),
    generation: f.count(),
    access: f.text(DIGEST_LENGTH),
  }),
  content: f => ({
    type: 'content',
    document: f.document(),
    request: f.count(),
    from: f.mark(),
    to: f.mark(),
    entries: f.list(asEntry),
  }),
  done: f => ({ type: 'done', document: f.document(), request: f.count(), head: f.mark() }),
  known: f => ({
    type: 'known',
    document: f.document(),
    envelopes: f.list(asEnvelopeId),
    from: f.mark(),
    to: f.mark(),
  }),
  changed: f => ({
    type: 'changed',
    documents: f.list(value => {
      const [document, head] = asPair(value)
      return { document: asDocument(document), head: asCount(head) }
    }),
    from: f.mark(),
    to: f.mark(),
  }),
  slots: f => ({
    type: 'slots',
    slots: f.list(value => {
      const [device, data] = asPair(value)
      return { device: asDevice(device), data: asBytes(data, MAX_SLOT_BYTES) }
    }),
  }),
  access: f => ({ type: 'access', generation: f.count(), access: f.text(DIGEST_LENGTH) }),
  refused: f => {
    const code = f.text(40)
    return {
      type: 'refused',
      code: isRefusalCode(code) ? code : 'internal',
      message: f.text(1000),
      document: f.documentOrNull(),
      envelopes: f.list(asEnvelopeId),
    }
  },
  ephemeral: clientReaders.ephemeral as (fields: Fields) => RelayMessage,
  pong: () => ({ type: 'pong' }),
}

const decodeWith = <T>(
  readers: Readonly<Record<string, (fields: Fields) => T>>,
  bytes: Uint8Array,
): Result<T> => {
  try {
    const wire = asList(decode(bytes, { rejectDuplicateMapKeys: true }))
    const name = asText(wire[0], 20)
    if (!Object.hasOwn(readers, name)) return fail('malformed', `There is no message "${name}".`)
    const fields = reader(wire)
    const message = readers[name]!(fields)
    fields.end()
    return ok(message)
  } catch (error) {
    return fail('malformed', `The message could not be read: ${(error as Error).message}.`)
  }
}

export const decodeClientMessage = (bytes: Uint8Array): Result<ClientMessage> =>
  decodeWith(clientReaders, bytes)
export const decodeRelayMessage = (bytes: Uint8Array): Result<RelayMessage> => decodeWith(relayReaders, bytes)

// ── HTTP bodies ────────────────────────────────────────────────────────────────────────────────

/** Body of `POST /w/<workspace>/log`: a CBOR array of `append` messages. */
export const encodeAppends = (appends: readonly ClientMessage[]): Uint8Array =>
  encode(appends.map(clientWire))

export const decodeAppends = (bytes: Uint8Array): Result<Extract<ClientMessage, { type: 'append' }>[]> => {
  try {
    return ok(
      asList(decode(bytes), MAX_ENVELOPES_PER_APPEND).map(wire => {
        const list = asList(wire)
        if (list[0] !== 'append') throw new Malformed('only append messages belong here')
        const fields = reader(list)
        const message = clientReaders.append(fields)
        fields.end()
        return message as Extract<ClientMessage, { type: 'append' }>
      }),
    )
  } catch (error) {
    return fail('malformed', `The body could not be read: ${(error as Error).message}.`)
  }
}

/** Body of `PUT /w/<workspace>/access`: a CBOR array of statements, each after those it builds on. */
export const encodeStatements = (texts: readonly string[]): Uint8Array => encode(texts)

export const decodeStatements = (bytes: Uint8Array): Result<readonly string[]> => {
  try {
    return ok(asList(decode(bytes), MAX_STATEMENTS).map(text => asText(text, MAX_STATEMENT_BYTES)))
  } catch (error) {
    return fail('malformed', `The body could not be read: ${(error as Error).message}.`)
  }
}
