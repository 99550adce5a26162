import { toBase64url } from './bytes.ts'
import {
  type DeviceId,
  DOCUMENT_ID_BYTES,
  type DocumentId,
  documentFromBytes,
  type EnvelopeId,
  isDeviceId,
} from './ids.ts'
import { type Entry, type Mark, STAMP_BYTES, type Stamp } from './relay-messages.ts'

/** A message as CBOR has it: its name, and its fields. */
export type Wire = readonly unknown[]

/** What came is not in the form that it should have. */
export class Malformed extends Error {}

/** Each of these is a value that came off the wire in its type, or throws `Malformed`. */
export const asCount = (value: unknown): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new Malformed('a number is not a count')
  return value
}

export const asText = (value: unknown, limit: number): string => {
  if (typeof value !== 'string' || value.length > limit) throw new Malformed('a text is missing or too long')
  return value
}

export const asBytes = (value: unknown, limit = Number.POSITIVE_INFINITY): Uint8Array => {
  if (!(value instanceof Uint8Array) || value.length > limit)
    throw new Malformed('bytes are missing or too long')
  return value
}

export const asDocument = (value: unknown): DocumentId => {
  const bytes = asBytes(value)
  if (bytes.length !== DOCUMENT_ID_BYTES) throw new Malformed('a document id is not 16 bytes')
  return documentFromBytes(bytes)
}

export const asList = (value: unknown, limit = Number.POSITIVE_INFINITY): readonly unknown[] => {
  if (!Array.isArray(value) || value.length > limit) throw new Malformed('a list is missing or too long')
  return value
}

export const asPair = (value: unknown): readonly [unknown, unknown] => {
  const list = asList(value, 2)
  if (list.length !== 2) throw new Malformed('a pair is not two values')
  return [list[0], list[1]]
}

const asStamp = (value: unknown): Stamp => {
  const bytes = asBytes(value)
  if (bytes.length !== STAMP_BYTES) throw new Malformed('a stamp is not 8 bytes')
  return toBase64url(bytes)
}

const asMark = (value: unknown): Mark => {
  const [position, stamp] = asPair(value)
  return { position: asCount(position), stamp: stamp === null ? null : asStamp(stamp) }
}

export const asEntry = (value: unknown): Entry => {
  const [position, envelope] = asPair(value)
  return { position: asCount(position), envelope: asBytes(envelope) }
}

export const asDevice = (value: unknown): DeviceId => {
  if (typeof value !== 'string' || !isDeviceId(value)) throw new Malformed('a device id is missing')
  return value
}

export const asEnvelopeId = (value: unknown): EnvelopeId => asText(value, 40)

/** Takes the fields of a message apart, one by one, and throws `Malformed` at the first that is not as described. */
export const readFields = (wire: Wire) => {
  let at = 1
  const next = (): unknown => {
    if (at >= wire.length) throw new Malformed('a field is missing')
    return wire[at++]
  }
  return {
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
}

export type Fields = ReturnType<typeof readFields>
