import { expect, test } from 'vitest'
import { summarise, withoutMarks } from '../../../worker/notes/summary.ts'

test.each([
  ['# Heading', 'Heading'],
  ['### **Bold** heading', 'Bold heading'],
  ['> quoted', 'quoted'],
  ['> - [ ] buy *good* milk', 'buy good milk'],
  ['- [x] done', 'done'],
  ['1. first', 'first'],
  ['[a link](https://example.org) here', 'a link here'],
  ['![a picture](x.png)', 'a picture'],
  ['[[Page|shown]] and [[Other]]', 'shown and Other'],
  ['<https://example.org>', 'https://example.org'],
  ['`code` and ~~gone~~', 'code and gone'],
  ['snake_case_name stays', 'snake_case_name stays'],
  ['_all_ of it', 'all of it'],
  ['2 * 3 * 4', '2 * 3 * 4'],
  ['#tag stays', '#tag stays'],
  ['\\# not a heading', '# not a heading'],
  ['---', ''],
  ['```js', ''],
  ['#', ''],
])('%s reads as %s', (line, words) => {
  expect(withoutMarks(line)).toBe(words)
})

test('the title is the first line with words, the excerpt what follows', () => {
  expect(summarise('\n\n---\n# Trip to **Oslo**\n\n- pack\n- go\n')).toEqual({
    title: 'Trip to Oslo',
    excerpt: 'pack go',
  })
  expect(summarise('')).toEqual({ title: '', excerpt: '' })
  expect(summarise(' \n\t\n')).toEqual({ title: '', excerpt: '' })
})

test('title and excerpt are cut between characters', () => {
  const { title, excerpt } = summarise(`${'x'.repeat(119)}😀\n${'😀'.repeat(300)}`)
  expect(title).toBe('x'.repeat(119))
  expect(excerpt).toBe('😀'.repeat(80))
})

test('a very long note costs no more than a short one, whatever it is made of', () => {
  const nasty = [
    `${'['.repeat(2_000_000)}`,
    `${'*a'.repeat(2_000_000)}`,
    `${'> '.repeat(2_000_000)}`,
    `${'`'.repeat(4_000_000)}`,
  ]
  const start = performance.now()
  for (const text of nasty) summarise(text)
  expect(performance.now() - start).toBeLessThan(1000)
})
