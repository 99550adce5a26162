import type { Bytes } from './bytes.ts'
import { Malformed } from './wire-fields.ts'

/** Short messages are cut from one piece of memory: a piece for each costs more than to fill it. */
const PIECE_BYTES = 16 * 1024
let piece: Bytes = new Uint8Array(0)
let used = 0

/** Writes messages, each of them from `begin` to `done`, one byte after the other. */
export const createWriter = () => {
  let bytes: Bytes = piece
  let start = 0
  let at = 0
  return {
    /** Makes room for the next message, which no other may come in between of. */
    begin: (room: number): void => {
      const isShort = room <= PIECE_BYTES / 4
      if (isShort && piece.length - used < room) {
        piece = new Uint8Array(PIECE_BYTES)
        used = 0
      }
      bytes = isShort ? piece : new Uint8Array(room)
      start = isShort ? used : 0
      at = start
    },
    byte: (value: number): void => {
      bytes[at++] = value
    },
    /** Seven bits in a byte, the lowest first; the high bit says that more follow. At most 2^53 - 1. */
    count: (value: number): void => {
      let rest = value
      for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80
      bytes[at++] = rest
    },
    /** Leaves room for a byte that is known later. */
    later: (): ((value: number) => void) => {
      const place = at++
      return value => {
        bytes[place] = value
      }
    },
    bytes: (part: Uint8Array): void => {
      bytes.set(part, at)
      at += part.length
    },
    done: (): Bytes => {
      if (bytes === piece) used = at
      return bytes.subarray(start, at)
    },
  }
}
export type Writer = ReturnType<typeof createWriter>

/** Takes bytes apart again; throws `Malformed` where they end too early, or a count is not written in the one way. */
export const createReader = (bytes: Uint8Array) => {
  let at = 0
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new Malformed('it is cut short')
    at += length
    return bytes.subarray(at - length, at)
  }
  const byte = (): number => take(1)[0]!
  return {
    byte,
    count: (limit: number = Number.MAX_SAFE_INTEGER): number => {
      let value = 0
      for (let unit = 1; ; unit *= 0x80) {
        const next = byte()
        value += (next & 0x7f) * unit
        if (value > limit) throw new Malformed('a number is too large')
        if (next > 0x7f) continue
        if (next === 0 && unit > 1) throw new Malformed('a number is longer than it has to be')
        return value
      }
    },
    /** A view of what was read: copy what is to be kept. */
    bytes: take,
    rest: (): Uint8Array => take(bytes.length - at),
    isAtEnd: (): boolean => at === bytes.length,
  }
}
export type Reader = ReturnType<typeof createReader>
