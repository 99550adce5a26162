const POINT_BYTES = 32

/** The other points of small order on edwards25519: the neutral one, those of order 2 and 4 are told by their y. */
const ORDER_EIGHT: readonly (readonly number[])[] = [
  [
    0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
    0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
  ],
  [
    0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
    0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
  ],
]

/**
 * Whether these 32 bytes may stand for a point in an Ed25519 key or signature: y is below p, as RFC 8032 asks
 * (section 5.1.3), and the point is not one of the eight of small order, with which one signature fits many texts.
 * Web Crypto asks for the same, but engines differ in what they do. Whether a signature is right must not depend on
 * who checks it: what one device takes for a member's word and another one does not would set them apart for good.
 */
export const isSoundPoint = (point: Uint8Array): boolean => {
  if (point.length !== POINT_BYTES) return false
  // y, little-endian, without the sign of x in the highest bit.
  const byteAt = (index: number): number =>
    index === POINT_BYTES - 1 ? point[index]! & 0x7f : (point[index] as number)
  const low = byteAt(0)
  let allZero = true
  let allOne = true
  for (let index = 1; index < POINT_BYTES; index += 1) {
    allZero &&= byteAt(index) === 0
    allOne &&= byteAt(index) === (index === POINT_BYTES - 1 ? 0x7f : 0xff)
  }
  if (allZero && low <= 1) return false // order 4, and the neutral one
  if (allOne && low >= 0xec) return false // p - 1 (order 2), and all from p = 2^255 - 19 on
  return !ORDER_EIGHT.some(bytes => bytes.every((byte, index) => byte === byteAt(index)))
}

/** The same of the point in the first half of a signature. */
export const isSoundSignature = (signature: Uint8Array): boolean =>
  signature.length === 2 * POINT_BYTES && isSoundPoint(signature.subarray(0, POINT_BYTES))
