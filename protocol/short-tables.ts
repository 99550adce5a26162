import { equalBytes, fromBase64url, toBase64url } from './bytes.ts'
import { DOCUMENT_ID_BYTES, type DocumentId, SESSION_ID_BYTES, type SessionId } from './ids.ts'
import type { Mark } from './relay-messages.ts'
import type { Reader, Writer } from './short-bytes.ts'
import { Malformed } from './wire-fields.ts'

/** What was said of a document on this connection and in this direction. */
export interface SaidDocument {
  readonly bytes: Uint8Array
  readonly id: DocumentId
  /** Of the last `content`. */
  request: number
  /** Where the last `content` or `known` ended. */
  to: Mark | null
}

/** The same of a session. */
export interface SaidSession {
  readonly bytes: Uint8Array
  readonly id: SessionId
  device: Uint8Array | null
  epoch: number
  sequence: number
  /** The fingerprints of its last envelopes in some documents, the latest last. */
  readonly fingerprints: { readonly document: SaidDocument; fingerprint: Uint8Array }[]
}

/** So many are remembered; a further one takes the place of the oldest. Its number fits into one byte, and 0 is left. */
export const TABLE_SIZE = 120
export const FINGERPRINTS_PER_SESSION = 4

interface Entry {
  readonly bytes: Uint8Array
  readonly id: string
}

/**
 * Names that were said once go by a number from then on: 1 for the first place, and 0 before a name that is new, which
 * takes the next place. Both ends do the same with the same messages, so their tables are always equal.
 */
const createTable = <E extends Entry>(length: number, make: (entry: Entry) => E) => {
  const entries: E[] = []
  let next = 0
  let latest = 0
  const add = (bytes: Uint8Array, id: string): E => {
    const entry = make({ bytes, id })
    entries[next] = entry
    latest = next
    next = (next + 1) % TABLE_SIZE
    return entry
  }
  const write = (out: Writer, isIt: (entry: E) => boolean, name: () => Entry): E => {
    const known = entries[latest]
    if (!known || !isIt(known)) latest = entries.findIndex(isIt)
    if (latest >= 0) {
      out.byte(latest + 1)
      return entries[latest]!
    }
    const { bytes, id } = name()
    out.byte(0)
    out.bytes(bytes)
    return add(bytes, id)
  }
  return {
    writeId: (out: Writer, id: string): E =>
      write(
        out,
        entry => entry.id === id,
        () => ({ id, bytes: fromBase64url(id) }),
      ),
    writeBytes: (out: Writer, bytes: Uint8Array): E =>
      write(
        out,
        entry => equalBytes(entry.bytes, bytes),
        () => ({ id: toBase64url(bytes), bytes: bytes.slice() }),
      ),
    read: (from: Reader): E => {
      const place = from.byte()
      if (place === 0) {
        const bytes = from.bytes(length).slice()
        return add(bytes, toBase64url(bytes))
      }
      const entry = entries[place - 1]
      if (!entry) throw new Malformed('it names something that was not said before')
      return entry
    },
  }
}

export const createTables = () => ({
  documents: createTable<SaidDocument>(DOCUMENT_ID_BYTES, entry => ({ ...entry, request: 0, to: null })),
  sessions: createTable<SaidSession>(SESSION_ID_BYTES, entry => ({
    ...entry,
    device: null,
    epoch: 0,
    sequence: 0,
    fingerprints: [],
  })),
})
export type Tables = ReturnType<typeof createTables>
