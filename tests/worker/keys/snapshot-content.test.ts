import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toBase64url } from '../../../protocol/bytes.ts'
import { FINGERPRINT_BYTES } from '../../../protocol/envelope.ts'
import { decodeSnapshot, encodeSnapshot } from '../../../worker/keys/snapshot-content.ts'

const bytes = (length: number) =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map(value => toBase64url(value as Uint8Array<ArrayBuffer>))
const heads = fc.dictionary(bytes(16), fc.array(bytes(FINGERPRINT_BYTES), { maxLength: 4 }), { maxKeys: 5 })

test('a snapshot says what it covers and what it holds', () => {
  fc.assert(
    fc.property(heads, fc.uint8Array(), (covered, update) => {
      const decoded = decodeSnapshot(encodeSnapshot(covered, update))
      expect(decoded.heads).toEqual({ ...covered })
      expect(decoded.update).toEqual(update)
    }),
  )
})

test('a snapshot that is cut short is none', () => {
  const whole = encodeSnapshot({ AAAAAAAAAAAAAAAAAAAAAA: ['AAAAAAAAAAAA'] }, new Uint8Array(0))
  for (let length = 0; length < whole.length; length++)
    expect(() => decodeSnapshot(whole.subarray(0, length))).toThrow(RangeError)
  expect(decodeSnapshot(whole).update).toHaveLength(0)
})
