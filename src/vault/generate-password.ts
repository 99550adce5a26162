/** Without letters and digits that are read as one another, for whoever has to type it from another screen. */
const LOWER = 'abcdefghijkmnopqrstuvwxyz'
const UPPER = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
const DIGITS = '23456789'
const SIGNS = '!#$%&*+-./:;=?@_'
const KINDS = [LOWER, UPPER, DIGITS, SIGNS]
const ALL = KINDS.join('')

export const GENERATED_LENGTH = 20

/** Fills the array with random bytes, as Web Crypto does. */
type FillRandom = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array

/** A remainder would make the first characters likelier: bytes past the last whole multiple are thrown away. */
const drawCharacter = (fill: FillRandom): string => {
  const limit = 256 - (256 % ALL.length)
  for (;;) {
    const [byte = 0] = fill(new Uint8Array(1))
    if (byte < limit) return ALL[byte % ALL.length]!
  }
}

const hasAllKinds = (text: string): boolean =>
  KINDS.every(kind => [...kind].some(character => text.includes(character)))

/**
 * A password of 20 characters, about 120 bits, with at least one of each kind, since many sites ask for that. One
 * without is drawn again as a whole, so that all those that are left are equally likely.
 */
export const generatePassword = (fill: FillRandom = bytes => crypto.getRandomValues(bytes)): string => {
  for (;;) {
    const text = Array.from({ length: GENERATED_LENGTH }, () => drawCharacter(fill)).join('')
    if (hasAllKinds(text)) return text
  }
}
