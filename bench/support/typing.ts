import { seededDice } from '../../tests/support/seeded.ts'

/** What somebody does to a text with one key, or by pasting. */
export interface Keystroke {
  readonly at: number
  readonly remove: number
  readonly insert: string
}

const LETTERS = 'etaoinshrdlucmfwypvbgkjqxz'
/** Published traces of people who write an article (B4 of the crdt-benchmarks) delete about 0.42 characters for each one they insert. */
const DELETED_OF_10 = 3
const RUN_MOST = 60

/**
 * Somebody types a text: runs of keys at one place, words and lines, three of ten keys take back what was just typed,
 * now and then a jump to another place, a paste, or a cut. The same for the same seed.
 */
export function* typing(keys: number, seed = 7): Generator<Keystroke> {
  const dice = seededDice(seed)
  const letter = (): string => {
    const place = Math.min(dice.below(LETTERS.length), dice.below(LETTERS.length))
    return LETTERS[place]!
  }
  let length = 0
  let at = 0
  let run = 0
  let word = 0
  for (let key = 0; key < keys; key++) {
    if (run === 0) {
      run = 1 + dice.below(RUN_MOST)
      // Most runs go on at the end, where a text grows.
      at = dice.below(3) === 0 ? dice.below(length + 1) : length
    }
    run -= 1
    if (length > 200 && dice.below(400) === 0) {
      const remove = Math.min(at, 20 + dice.below(60))
      at -= remove
      length -= remove
      yield { at, remove, insert: '' }
    } else if (dice.below(400) === 0) {
      const insert = Array.from({ length: 40 + dice.below(100) }, letter).join('')
      yield { at, remove: 0, insert }
      at += insert.length
      length += insert.length
    } else if (dice.below(10) < DELETED_OF_10 && at > 0) {
      at -= 1
      length -= 1
      yield { at, remove: 1, insert: '' }
    } else {
      word += 1
      const insert = word % 90 === 0 ? '\n' : word % 6 === 0 ? ' ' : letter()
      yield { at, remove: 0, insert }
      at += 1
      length += 1
    }
  }
}
