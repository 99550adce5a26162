import { expect, it } from 'vitest'
import { nextMarker } from '../../../src/editor/list-keys.ts'

it.each([
  ['- oats', '- '],
  ['  * oats', '  * '],
  ['9. oats', '10. '],
  ['2) oats', '3) '],
  ['- [x] oats', '- [ ] '],
  ['> said', '> '],
])('goes on after %j with %j', (line, marker) => {
  expect(nextMarker(line)).toEqual({ marker, empty: false })
})

it('ends the list on an empty item', () => {
  expect(nextMarker('- ')).toMatchObject({ empty: true })
  expect(nextMarker('- [ ] ')).toMatchObject({ empty: true })
})

it('leaves other lines alone', () => {
  for (const line of ['oats', '-oats', '12 oats', '']) expect(nextMarker(line)).toBeNull()
})
