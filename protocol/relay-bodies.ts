import { decode, encode } from 'cborg'
import { MAX_ENVELOPES_PER_APPEND, MAX_STATEMENT_BYTES, MAX_STATEMENTS } from './limits.ts'
import { type Append, clientWire, readAppend } from './relay-codec.ts'
import { fail, ok, type Result } from './result.ts'
import { asList, asText } from './wire-fields.ts'

/** Binary bodies of the relay's HTTP side; paths and JSON bodies are in relay-http.ts. */

/** Body of `POST /w/<workspace>/log`: a CBOR array of `append` messages. */
export const encodeAppends = (appends: readonly Append[]): Uint8Array => encode(appends.map(clientWire))

/** Body of `PUT /w/<workspace>/access`: a CBOR array of statements, each after those it builds on. */
export const encodeStatements = (texts: readonly string[]): Uint8Array => encode(texts)

const decodeWith = <T>(read: (body: unknown) => T, bytes: Uint8Array): Result<T> => {
  try {
    return ok(read(decode(bytes)))
  } catch (error) {
    return fail('malformed', `The body could not be read: ${(error as Error).message}.`)
  }
}

export const decodeAppends = (bytes: Uint8Array): Result<readonly Append[]> =>
  decodeWith(body => asList(body, MAX_ENVELOPES_PER_APPEND).map(wire => readAppend(asList(wire))), bytes)

export const decodeStatements = (bytes: Uint8Array): Result<readonly string[]> =>
  decodeWith(body => asList(body, MAX_STATEMENTS).map(text => asText(text, MAX_STATEMENT_BYTES)), bytes)
