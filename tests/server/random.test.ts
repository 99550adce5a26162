import { expect, test } from 'vitest'
import { concatBytes } from '../../protocol/bytes.ts'
import { pooled, type Random } from '../../server/platform/random.ts'

/** Bytes that tell where in the stream they were. */
const counting = (): Random => {
  let drawn = 0
  return length => Uint8Array.from({ length }, () => drawn++ % 251)
}

test('bytes from the pool are those that were drawn, each given out once', () => {
  const random = pooled(counting())
  const pieces = Array.from({ length: 512 }, () => random(8))
  expect(concatBytes(...pieces)).toEqual(counting()(4096))
})

test('a piece is of the length asked for, at the end of the pool and beyond its size too', () => {
  const random = pooled(counting())
  const lengths = [...Array.from({ length: 9 }, () => 1000), 24, 0, 10_000, 1]
  expect(lengths.map(length => random(length).length)).toEqual(lengths)
})

test('who changes their piece does not change that of others', () => {
  const random = pooled(counting())
  const [first, second] = [random(8), random(8)]
  const before = second.slice()
  new Uint8Array(first.buffer).fill(255)
  expect(second).toEqual(before)
})
