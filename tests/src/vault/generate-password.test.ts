import { expect, it } from 'vitest'
import { GENERATED_LENGTH, generatePassword } from '../../../src/vault/generate-password.ts'

/** Hands out these bytes one after the other. */
const from = (bytes: readonly number[]) => {
  let at = 0
  return (into: Uint8Array<ArrayBuffer>) => into.fill(bytes[at++ % bytes.length]!)
}

it('has all kinds of characters and none that is read as another', () => {
  for (let count = 0; count < 200; count += 1) {
    const text = generatePassword()
    expect(text).toHaveLength(GENERATED_LENGTH)
    expect(text).toMatch(/[a-z]/)
    expect(text).toMatch(/[A-Z]/)
    expect(text).toMatch(/[0-9]/)
    expect(text).toMatch(/[^a-zA-Z0-9]/)
    expect(text).not.toMatch(/[lIO01]/)
  }
})

it('throws away the bytes whose remainder would favour some characters', () => {
  // 256 is 3 × 73 + 37: from 219 on there is no whole round any more.
  const all = Array.from({ length: 256 }, (_, byte) => byte)
  const drawn = generatePassword(from([...all.slice(219), 0, 25, 49, 57, ...Array(16).fill(1)]))
  expect(drawn).toBe(`aA2!${'b'.repeat(16)}`)
})

it('is hardly ever the same twice, and every character comes up', () => {
  const drawn = Array.from({ length: 400 }, () => generatePassword())
  expect(new Set(drawn).size).toBe(400)
  expect(new Set(drawn.join('')).size).toBe(73)
})
