import { createDecoder, readAny } from 'lib0/decoding'
import { encode, writeAny } from 'lib0/encoding'
import type { Bytes } from '../../protocol/bytes.ts'

/** Names no field of anything that is stored. */
const MAP = '\u0000map'

type Fields = Record<string, unknown>

const isPlainObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && !Array.isArray(value)

/** lib0 knows no Map. */
const withoutMaps = (value: unknown): unknown => {
  if (value instanceof Map) return { [MAP]: [...value].map(withoutMaps) }
  if (Array.isArray(value)) return value.map(withoutMaps)
  if (!isPlainObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutMaps(part)]))
}

const withMaps = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withMaps)
  if (!isPlainObject(value)) return value
  if (MAP in value) return new Map((value[MAP] as unknown[]).map(withMaps) as [unknown, unknown][])
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withMaps(part)]))
}

/** A value as IndexedDB would store it, as bytes: what JSON knows, with undefined, bytes and Maps. */
export const encodeValue = (value: unknown): Bytes =>
  new Uint8Array(encode(encoder => writeAny(encoder, withoutMaps(value) as never)))

/** @throws where these are none. */
export const decodeValue = (bytes: Uint8Array): unknown => withMaps(readAny(createDecoder(bytes)))
