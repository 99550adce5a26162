import { expect, it } from 'vitest'
import { shortcutFor } from '../../../src/app/shortcuts.ts'

const key = (of: string, more: object = {}) => ({
  key: of,
  code: `Key${of.toUpperCase()}`,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  ...more,
})

it('takes letters only where they do not write text', () => {
  expect(shortcutFor(key('n'), false)).toBe('new-note')
  expect(shortcutFor(key('n'), true)).toBeNull()
  expect(shortcutFor(key('/'), false)).toBe('filter')
  expect(shortcutFor(key('/'), true)).toBeNull()
})

it('takes commands everywhere, and leaves those of the browser alone', () => {
  expect(shortcutFor(key('ñ', { code: 'KeyN', ctrlKey: true, altKey: true }), true)).toBe('new-note')
  expect(shortcutFor(key('s', { metaKey: true }), true)).toBe('store')
  expect(shortcutFor(key('n', { ctrlKey: true }), false)).toBeNull()
})

it('does not take the Escape that ends a composition', () => {
  expect(shortcutFor(key('Escape', { isComposing: true }), true)).toBeNull()
})
