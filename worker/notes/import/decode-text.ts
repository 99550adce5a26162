const decodeWith = (encoding: string, bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null // bytes that are no text in this encoding are an answer, not a fault
  }
}

/** UTF-8, or UTF-16 with a byte order mark; the mark is dropped. Null where the bytes are no such text. */
export const decodeText = (bytes: Uint8Array): string | null => {
  const [first, second, third] = bytes
  if (first === 0xff && second === 0xfe) return decodeWith('utf-16le', bytes.subarray(2))
  if (first === 0xfe && second === 0xff) return decodeWith('utf-16be', bytes.subarray(2))
  const marked = first === 0xef && second === 0xbb && third === 0xbf
  return decodeWith('utf-8', marked ? bytes.subarray(3) : bytes)
}
