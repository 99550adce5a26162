export const fromHex = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16))

export const toHex = (bytes: Uint8Array | ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map(byte => byte.toString(16).padStart(2, '0')).join('')

/** The same bytes with one bit changed. */
export const flipped = (bytes: Uint8Array, bit: number): Uint8Array<ArrayBuffer> => {
  const changed = new Uint8Array(bytes)
  changed[bit >>> 3]! ^= 1 << (bit & 7)
  return changed
}
