import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64url } from '../../../protocol/bytes.ts'
import { makePhrase, phraseSeed, readPhrase } from '../../../worker/keys/phrase.ts'
import { keyToWords, loadWords, splitWords, wordsToId, wordsToKey } from '../../../worker/keys/words.ts'
import { systemRandom } from '../../../worker/platform/random.ts'

const words = await loadWords()
const code = (result: { ok: boolean; error?: { code: string } }) => result.error?.code ?? 'ok'

test('the list tells its 2,048 words apart by four letters', () => {
  expect(new Set(words.map(word => word.slice(0, 4))).size).toBe(2048)
})

test('32 bytes are the words that BIP39 gives them', async () => {
  // From the test vectors of BIP39, https://github.com/trezor/python-mnemonic/blob/master/vectors.json
  const vectors: readonly (readonly [string, string])[] = [
    ['00'.repeat(32), `${'abandon '.repeat(23)}art`],
    [
      '7f'.repeat(32),
      'legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth title',
    ],
    ['ff'.repeat(32), `${'zoo '.repeat(23)}vote`],
    [
      '68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c',
      'hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length',
    ],
  ]
  for (const [hex, text] of vectors) {
    const key = Uint8Array.from(Buffer.from(hex, 'hex'))
    expect((await keyToWords(key, words)).join(' ')).toBe(text)
    expect(await wordsToKey(splitWords(text), words)).toEqual({ ok: true, value: key })
  }
})

test('a key survives being printed, numbered, cut short and shouted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async bytes => {
      const key = new Uint8Array(bytes)
      const printed = (await keyToWords(key, words)).map((word, index) => `${index + 1}. ${word.slice(0, 4)}`)
      expect(await wordsToKey(splitWords(printed.join('\n').toUpperCase()), words)).toEqual({
        ok: true,
        value: key,
      })
    }),
  )
})

test('a wrong word, a swap, a missing or an unknown word is told and gives no key', async () => {
  const right = await keyToWords(new Uint8Array(32).fill(7), words)
  const swapped = [right[1]!, right[0]!, ...right.slice(2)]
  for (const typed of [[...right.slice(1), 'zoo'], swapped, right.slice(1), ['holdfast', ...right.slice(1)]])
    expect(code(await wordsToKey(typed, words))).toBe('bad-words')
  expect(await wordsToKey(['holdfast', ...right.slice(1)], words)).toMatchObject({
    error: { message: expect.stringContaining('“holdfast”') },
  })
})

test('an id that was read out as words is the same id', async () => {
  const id = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'
  expect(await wordsToId(await keyToWords(fromBase64url(id), words), words)).toEqual({ ok: true, value: id })
})

test('each word of a phrase is as likely as any other, and none of its bits is spare', () => {
  const first = (...bytes: number[]) =>
    makePhrase(length => Uint8Array.from({ length }, (_, index) => bytes[index] ?? 0), words).split(' ')[0]
  expect(new Set(Array.from({ length: 2048 }, (_, number) => first(number >> 8, number & 255))).size).toBe(
    2048,
  )
  expect(first(0xff, 0xff)).toBe('zoo')
  expect(makePhrase(systemRandom, words).split(' ')).toHaveLength(7)
})

test('a phrase is read as it was made, in whatever way it is typed', () => {
  const phrase = makePhrase(systemRandom, words)
  const short = phrase.split(' ').map(word => word.slice(0, 4))
  for (const typed of [phrase, `  ${phrase.toUpperCase()} `, phrase.replaceAll(' ', ',\n'), short.join('-')])
    expect(readPhrase(splitWords(typed), words)).toEqual({ ok: true, value: phrase })
  expect(code(readPhrase(splitWords(phrase).slice(1), words))).toBe('bad-words')
  expect(code(readPhrase(['abc', ...splitWords(phrase).slice(1)], words))).toBe('bad-words')
})

test('a phrase stands for a seed by PBKDF2 with 600,000 rounds, salted with its workspace', async () => {
  const { pbkdf2Sync } = await import('node:crypto')
  const phrase = 'abandon ability able about above absent absorb'
  const seed = await phraseSeed(phrase, 'W')
  expect(Buffer.from(seed)).toEqual(pbkdf2Sync(phrase, 'holdfast phrase W', 600_000, 32, 'sha256'))
  expect(await phraseSeed(phrase, 'V')).not.toEqual(seed)
})
