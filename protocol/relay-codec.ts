import { decode, encode } from 'cborg'
import { fromBase64url } from './bytes.ts'
import { documentBytes } from './ids.ts'
import {
  MAX_ENVELOPES_PER_APPEND,
  MAX_EPHEMERAL_BYTES,
  MAX_REPLACED,
  MAX_SLOT_BYTES,
  MAX_TOKEN_BYTES,
} from './limits.ts'
import { type ClientMessage, isRefusalCode, type Mark, type RelayMessage } from './relay-messages.ts'
import { fail, ok, type Result } from './result.ts'
import {
  asBytes,
  asCount,
  asDevice,
  asDocument,
  asEntry,
  asEnvelopeId,
  asList,
  asPair,
  asText,
  type Fields,
  Malformed,
  readFields,
  type Wire,
} from './wire-fields.ts'

/**
 * Messages are CBOR (RFC 8949) arrays that begin with the message's name; README.md lists the fields.
 * Document ids, stamps and envelopes are byte strings, positions unsigned integers.
 */

export type Append = Extract<ClientMessage, { type: 'append' }>

const wireMark = (mark: Mark): Wire => [mark.position, mark.stamp === null ? null : fromBase64url(mark.stamp)]

export const clientWire = (message: ClientMessage): Wire => {
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

/** SHA-256 as base64url. */
const DIGEST_LENGTH = 43

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

const readWith = <T>(read: (fields: Fields) => T, wire: Wire): T => {
  const fields = readFields(wire)
  const message = read(fields)
  fields.end()
  return message
}

/** Throws `Malformed`. */
export const readAppend = (wire: Wire): Append => {
  if (wire[0] !== 'append') throw new Malformed('only append messages belong here')
  return readWith(clientReaders.append, wire) as Append
}

const decodeWith = <T>(
  readers: Readonly<Record<string, (fields: Fields) => T>>,
  bytes: Uint8Array,
): Result<T> => {
  try {
    const wire = asList(decode(bytes, { rejectDuplicateMapKeys: true }))
    const name = asText(wire[0], 20)
    if (!Object.hasOwn(readers, name)) return fail('malformed', `There is no message "${name}".`)
    return ok(readWith(readers[name]!, wire))
  } catch (error) {
    return fail('malformed', `The message could not be read: ${(error as Error).message}.`)
  }
}

export const decodeClientMessage = (bytes: Uint8Array): Result<ClientMessage> =>
  decodeWith(clientReaders, bytes)
export const decodeRelayMessage = (bytes: Uint8Array): Result<RelayMessage> => decodeWith(relayReaders, bytes)
