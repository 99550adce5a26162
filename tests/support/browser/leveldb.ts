/**
 * What Chromium's IndexedDB has in its table files, whose blocks are compressed: a search for a text passes over them
 * otherwise. Formats: google/leveldb doc/table_format.md, google/snappy format_description.txt.
 */

const FOOTER_BYTES = 48
const MAGIC = Buffer.from('57fb808b247547db', 'hex')
const SNAPPY = 1

/** Reads numbers of varying length, one after another. */
const createCursor = (bytes: Buffer, start = 0) => {
  let at = start
  const varint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++]!
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  const skip = (count: number): void => {
    at += count
  }
  return { at: () => at, skip, varint }
}

const unsnapped = (bytes: Buffer): Buffer => {
  const cursor = createCursor(bytes)
  const out = Buffer.alloc(cursor.varint())
  let to = 0
  let at = cursor.at()
  const little = (count: number): number => {
    const value = bytes.readUIntLE(at, count)
    at += count
    return value
  }
  while (at < bytes.length) {
    const tag = bytes[at++]!
    const kind = tag & 3
    if (kind === 0) {
      const short = tag >> 2
      const length = 1 + (short < 60 ? short : little(short - 59))
      bytes.copy(out, to, at, at + length)
      at += length
      to += length
      continue
    }
    const length = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2)
    const back = kind === 1 ? ((tag >> 5) << 8) | little(1) : little(kind === 2 ? 2 : 4)
    for (let end = to + length; to < end; to++) out[to] = out[to - back]!
  }
  return out
}

const readBlock = (file: Buffer, offset: number, size: number): Buffer => {
  const block = file.subarray(offset, offset + size)
  return file[offset + size] === SNAPPY ? unsnapped(block) : block
}

/** Everything that lies in a table file; nothing where it is none, or is just being written. */
export const tableContents = (file: Buffer): Buffer => {
  if (!file.subarray(-MAGIC.length).equals(MAGIC)) return Buffer.alloc(0)
  const footer = createCursor(file, file.length - FOOTER_BYTES)
  footer.varint()
  footer.varint()
  const index = readBlock(file, footer.varint(), footer.varint())
  const entries = createCursor(index)
  const end = index.length - 4 - 4 * index.readUInt32LE(index.length - 4)
  const blocks: Buffer[] = []
  while (entries.at() < end) {
    entries.varint() // of the key, shared with the one before
    const unshared = entries.varint()
    const valueBytes = entries.varint()
    entries.skip(unshared)
    const handle = createCursor(index, entries.at())
    blocks.push(readBlock(file, handle.varint(), handle.varint()))
    entries.skip(valueBytes)
  }
  return Buffer.concat(blocks)
}
