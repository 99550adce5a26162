import { Inflate } from 'fflate'
import { fail, ok, type Result } from '../../../protocol/result.ts'
import { crc32 } from './crc32.ts'

/**
 * A zip archive by its central directory (PKWARE APPNOTE.TXT, 4.3). fflate inflates, but does not say which entries are
 * encrypted and does not check sums, so that a broken archive would become broken notes.
 */
export interface ZipEntry {
  readonly name: string
  readonly encrypted: boolean
  /** 0 stored, 8 deflated. */
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly offset: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

const END = 0x06054b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const CENTRAL_BYTES = 46
const LOCAL_BYTES = 30
const MAX_COMMENT_BYTES = 65_535
const FLAG_ENCRYPTED = 1
const FLAG_UTF8 = 1 << 11
/** What deflate can grow to in one step is a thousand times this, so a bomb is noticed early. */
const STEP_BYTES = 16 * 1024

const CP437_UPPER =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

const broken = (why: string) => fail('bad-zip', `The archive is broken: ${why}.`)

/** Many programs write UTF-8 without saying so; only what is no UTF-8 is taken for the code page of old. */
const decodeName = (bytes: Uint8Array, flags: number): string => {
  try {
    return new TextDecoder('utf-8', { fatal: (flags & FLAG_UTF8) === 0, ignoreBOM: true }).decode(bytes)
  } catch {
    return Array.from(bytes, byte => (byte < 128 ? String.fromCharCode(byte) : CP437_UPPER[byte - 128])).join(
      '',
    )
  }
}

const dosTime = (date: number, time: number): number =>
  new Date(
    1980 + (date >>> 9),
    ((date >>> 5) & 15) - 1,
    date & 31,
    time >>> 11,
    (time >>> 5) & 63,
    (time & 31) * 2,
  ).getTime()

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

const findEnd = (view: DataView): number => {
  const lowest = Math.max(0, view.byteLength - END_BYTES - MAX_COMMENT_BYTES)
  for (let at = view.byteLength - END_BYTES; at >= lowest; at--)
    if (view.getUint32(at, true) === END) return at
  return -1
}

/** Lists the files of an archive, directories left out. Errors: `bad-zip`. */
export const readDirectory = (archive: Uint8Array): Result<readonly ZipEntry[]> => {
  const view = viewOf(archive)
  const end = findEnd(view)
  if (end < 0) return broken('its end is missing, or it is no zip archive')
  const count = view.getUint16(end + 10, true)
  const entries: ZipEntry[] = []
  let at = view.getUint32(end + 16, true)
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL)
      return broken('its list of files is cut')
    const flags = view.getUint16(at + 8, true)
    const nameLength = view.getUint16(at + 28, true)
    const next =
      at + CENTRAL_BYTES + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    if (next > end) return broken('its list of files is cut')
    const name = decodeName(archive.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameLength), flags)
    if (!/[\\/]$/.test(name))
      entries.push({
        name,
        encrypted: (flags & FLAG_ENCRYPTED) !== 0,
        method: view.getUint16(at + 10, true),
        modified: dosTime(view.getUint16(at + 14, true), view.getUint16(at + 12, true)),
        crc: view.getUint32(at + 16, true),
        packed: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        offset: view.getUint32(at + 42, true),
      })
    at = next
  }
  return ok(entries)
}

const inflate = (packed: Uint8Array, size: number): Result<Uint8Array> => {
  const bytes = new Uint8Array(size)
  let length = 0
  let finished = false
  try {
    const inflater = new Inflate((chunk, final) => {
      if (length + chunk.length <= size) bytes.set(chunk, length)
      length += chunk.length
      finished = final
    })
    for (let at = 0; at < packed.length && length <= size; at += STEP_BYTES)
      inflater.push(packed.slice(at, at + STEP_BYTES), at + STEP_BYTES >= packed.length)
  } catch {
    return broken('this file cannot be unpacked')
  }
  return finished && length === size ? ok(bytes) : broken('this file is not as long as it should be')
}

/** Unpacks one file of at most `limit` bytes. Errors: `bad-zip`, `encrypted`, `too-large`. */
export const readEntry = (archive: Uint8Array, entry: ZipEntry, limit: number): Result<Uint8Array> => {
  if (entry.encrypted) return fail('encrypted', 'It is protected with a password.')
  if (entry.size > limit) return fail('too-large', 'It is too long for a note.')
  const view = viewOf(archive)
  const { offset, packed, size, method } = entry
  if (offset + LOCAL_BYTES > archive.length || view.getUint32(offset, true) !== LOCAL)
    return broken('this file is not where it should be')
  const start = offset + LOCAL_BYTES + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
  if (start + packed > archive.length) return broken('this file is cut')
  const content = archive.subarray(start, start + packed)
  if (method !== 0 && method !== 8)
    return fail('bad-zip', 'It is packed in a way that Holdfast does not know.')
  if (method === 0 && packed !== size) return broken('this file is not as long as it should be')
  const bytes = method === 0 ? ok(content) : inflate(content, size)
  return bytes.ok && crc32(bytes.value) !== entry.crc ? broken('the sum of this file is wrong') : bytes
}
