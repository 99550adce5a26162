import { Text } from '@codemirror/state'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { diffTexts, distance } from '../../../src/editor/text-diff.ts'

const text = (of: string) => Text.of(of.split('\n'))

it('leads from any text to any other, and never cuts a surrogate pair', () => {
  const words = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '🌊', '🌋', 'é') })
  fc.assert(
    fc.property(words, words, (before, after) => {
      const changes = diffTexts(text(before), text(after))
      expect(changes.apply(text(before)).toString()).toBe(after)
      changes.iterChanges((from, to, _from, _to, insert) => {
        expect(before.slice(from, to).isWellFormed()).toBe(true)
        expect(insert.toString().isWellFormed()).toBe(true)
      })
    }),
  )
})

it('measures what would have to be deleted and inserted', () => {
  expect(distance(text('tide'), text('tide'))).toBe(0)
  expect(distance(text('tide'), text('tides'))).toBe(1)
  expect(distance(text('tide'), text('tale'))).toBe(4)
})
