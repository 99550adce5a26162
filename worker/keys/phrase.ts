import type { Bytes } from '../../protocol/bytes.ts'
import type { WorkspaceId } from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import type { Random } from '../platform/random.ts'
import { BITS_PER_WORD, readWords, type WordList } from './words.ts'

export const PHRASE_WORDS = 7
/** A guess costs whoever makes it this much, and there are 2^77 of them. */
const ROUNDS = 600_000

/** Seven words with 77 random bits: whatever a person thinks up could be guessed by a relay. */
export const makePhrase = (random: Random, words: WordList): string => {
  const bytes = new DataView(random(2 * PHRASE_WORDS).buffer)
  return Array.from(
    { length: PHRASE_WORDS },
    // The list has as many words as these bits have values, so that each is as likely as any other.
    (_, index) => words[bytes.getUint16(2 * index) & ((1 << BITS_PER_WORD) - 1)],
  ).join(' ')
}

/** The phrase as it was made, however it was typed. Errors: `bad-words`. */
export const readPhrase = (typed: readonly string[], words: WordList): Result<string> => {
  if (typed.length !== PHRASE_WORDS)
    return fail('bad-words', `A phrase has ${PHRASE_WORDS} words; these are ${typed.length}.`)
  const numbers = readWords(typed, words)
  return numbers.ok ? ok(numbers.value.map(number => words[number]).join(' ')) : numbers
}

/** The seed of the invitation that a phrase stands for: PBKDF2-HMAC-SHA-256 (RFC 8018), 32 bytes. */
export const phraseSeed = async (phrase: string, workspace: WorkspaceId): Promise<Bytes> => {
  const text = new TextEncoder()
  const base = await crypto.subtle.importKey('raw', text.encode(phrase), 'PBKDF2', false, ['deriveBits'])
  const salt = text.encode(`holdfast phrase ${workspace}`)
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS }
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, base, 256))
}
