const POINT_BYTES = 32
/** The lowest bytes of p - 1, with p = 2^255 - 19; all above it are all ones. */
const P_MINUS_1 = 0xec
const P_PLUS_1 = 0xee

const bytesOf = (hex: string): readonly number[] =>
  Array.from({ length: POINT_BYTES }, (_, index) => Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16))

/** y of the points of order 8 on edwards25519. */
const EDWARDS_ORDER_8 = [
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(bytesOf)

/** u of the points of order 8 on curve25519: cr.yp.to/ecdh.html. */
const MONTGOMERY_ORDER_8 = [
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
].map(bytesOf)

/** A number below 2^255, little-endian; the highest bit, which says something else or nothing, left out. */
const coordinate = (point: Uint8Array): readonly number[] => {
  const bytes = [...point]
  bytes[POINT_BYTES - 1]! &= 0x7f
  return bytes
}

/** Its lowest byte where nothing but that tells it from 0 or from p, otherwise null. */
const lowOf = (bytes: readonly number[], rest: 0 | 0xff): number | null => {
  const isSo = bytes.every(
    (byte, index) => index === 0 || byte === (index === POINT_BYTES - 1 ? rest & 0x7f : rest),
  )
  return isSo ? bytes[0]! : null
}

const isOneOf = (bytes: readonly number[], known: readonly (readonly number[])[]): boolean =>
  known.some(one => one.every((byte, index) => byte === bytes[index]))

/**
 * Whether these 32 bytes may stand for a point in an Ed25519 key or signature: y is below p, as RFC 8032 asks
 * (section 5.1.3), and the point is not one of the eight of small order, with which one signature fits many texts.
 * Web Crypto asks for the same, but engines differ in what they do. Whether a signature is right must not depend on
 * who checks it: what one device takes for a member's word and another one does not would set them apart for good.
 */
export const isSoundPoint = (point: Uint8Array): boolean => {
  if (point.length !== POINT_BYTES) return false
  const y = coordinate(point)
  const isSmall = (lowOf(y, 0) ?? 2) < 2 // order 4, and the neutral point
  const isLarge = (lowOf(y, 0xff) ?? 0) >= P_MINUS_1 // order 2, and all from p on
  return !isSmall && !isLarge && !isOneOf(y, EDWARDS_ORDER_8)
}

/** The same of the point in the first half of a signature. */
export const isSoundSignature = (signature: Uint8Array): boolean =>
  signature.length === 2 * POINT_BYTES && isSoundPoint(signature.subarray(0, POINT_BYTES))

/**
 * Whether something can be sealed to a public X25519 key: with a point of small order nothing can be agreed on. One
 * member with such a key would keep all others from getting new keys, because sealing to them fails.
 */
export const isSoundSealingKey = (key: Uint8Array): boolean => {
  if (key.length !== POINT_BYTES) return false
  const u = coordinate(key)
  const isSmall = (lowOf(u, 0) ?? 2) < 2
  const low = lowOf(u, 0xff) ?? 0
  return !isSmall && !(low >= P_MINUS_1 && low <= P_PLUS_1) && !isOneOf(u, MONTGOMERY_ORDER_8)
}
