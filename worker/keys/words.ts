import { type Bytes, toBase64url } from '../../protocol/bytes.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'

/** 2,048 short English words, each told from the others by its first four letters (the list of BIP39). */
export type WordList = readonly string[]

/** Only those who invite or join by words need it. */
export const loadWords = async (): Promise<WordList> =>
  (await import('@scure/bip39/wordlists/english.js')).wordlist

export const BITS_PER_WORD = 11
const PREFIX = 4

/** What somebody typed or read out, in any case, with whatever stands between the words. */
export const splitWords = (text: string): readonly string[] =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .split(/[^\p{L}\p{M}]+/u)
    .filter(word => word !== '')

/** A word may be cut short where four letters or more are left. */
const findWord = (typed: string, words: WordList): number => {
  const exact = words.indexOf(typed)
  return exact >= 0 || typed.length < PREFIX ? exact : words.findIndex(word => word.startsWith(typed))
}

/** The numbers of the words in the list. Errors: `bad-words`. */
export const readWords = (typed: readonly string[], words: WordList): Result<readonly number[]> => {
  const found = typed.map(word => findWord(word, words))
  const wrong = typed.find((_, index) => found[index] === -1)
  return wrong === undefined
    ? ok(found)
    : fail('bad-words', `“${wrong}” is none of the words that Holdfast uses. Check its spelling.`)
}

const checkByte = async (bytes: Bytes): Promise<number> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))[0]!

export const KEY_WORDS = 24
const KEY_BYTES = 32

/** 32 bytes and a check byte as 24 words, as BIP39 does it. */
export const keyToWords = async (key: Bytes, words: WordList): Promise<readonly string[]> => {
  const bits = [...key, await checkByte(key)].map(byte => byte.toString(2).padStart(8, '0')).join('')
  return Array.from({ length: KEY_WORDS }, (_, index) => {
    const at = index * BITS_PER_WORD
    return words[Number.parseInt(bits.slice(at, at + BITS_PER_WORD), 2)]!
  })
}

/** Errors: `bad-words`. */
export const wordsToKey = async (typed: readonly string[], words: WordList): Promise<Result<Bytes>> => {
  if (typed.length !== KEY_WORDS)
    return fail('bad-words', `A key has ${KEY_WORDS} words; these are ${typed.length}.`)
  const numbers = readWords(typed, words)
  if (!numbers.ok) return numbers
  const bits = numbers.value.map(number => number.toString(2).padStart(BITS_PER_WORD, '0')).join('')
  const bytes = Uint8Array.from({ length: KEY_BYTES + 1 }, (_, index) =>
    Number.parseInt(bits.slice(index * 8, index * 8 + 8), 2),
  )
  const key = bytes.slice(0, KEY_BYTES)
  return (await checkByte(key)) === bytes[KEY_BYTES]
    ? ok(key)
    : fail('bad-words', 'These words do not fit together: one of them is wrong, or two are swapped.')
}

/** An id of 32 bytes, such as a workspace's, from words that were read out. Errors: `bad-words`. */
export const wordsToId = async (typed: readonly string[], words: WordList): Promise<Result<string>> => {
  const key = await wordsToKey(typed, words)
  return key.ok ? ok(toBase64url(key.value)) : key
}
