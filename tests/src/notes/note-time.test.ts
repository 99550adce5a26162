import { expect, it } from 'vitest'
import { noteTime } from '../../../src/notes/note-time.ts'

const now = new Date(2026, 4, 13, 12, 0).getTime()
const at = (...parts: [number, number, number, number, number]) =>
  noteTime(new Date(...parts).getTime(), now, 'en-GB')

it('says when as short as it can', () => {
  expect(noteTime(now - 20_000, now)).toBe('now')
  expect(noteTime(now + 5_000, now)).toBe('now')
  expect(at(2026, 4, 13, 11, 18)).toBe('42 min')
  expect(at(2026, 4, 13, 8, 3)).toBe('08:03')
  expect(at(2026, 4, 12, 23, 59)).toBe('Yesterday')
  expect(at(2026, 4, 8, 9, 0)).toBe('Fri')
  expect(at(2026, 1, 2, 9, 0)).toBe('2 Feb')
  expect(at(2024, 1, 2, 9, 0)).toBe('2 Feb 2024')
})
