import { ChangeSet } from '@codemirror/state'
import { expect, it } from 'vitest'
import { areOurs } from '../../../src/editor/own-updates.ts'

const insert = (at: number, letter: string, length: number) => ({
  changes: ChangeSet.of({ from: at, insert: letter }, length),
})
const own = (update: ReturnType<typeof insert>) => ({ ...update, own: true })
const others = (update: ReturnType<typeof insert>) => ({ ...update, own: false })
const waiting = [insert(0, 'a', 0), insert(1, 'b', 1), insert(2, 'c', 2)]

it.each([
  ['the first of what waits', [own(waiting[0]!), own(waiting[1]!)], true],
  ['the same, and then what others did', [own(waiting[0]!), others(insert(0, 'x', 1))], true],
  ['nothing but what others did', [others(insert(0, 'x', 0))], true],
  ['steps that another page put elsewhere', [own(insert(0, 'a', 0)), own(insert(0, 'b', 1))], false],
  [
    'steps that another page did behind what others did',
    [others(insert(0, 'x', 0)), own(insert(1, 'a', 1))],
    false,
  ],
  ['more than waits', [...waiting.map(own), own(insert(3, 'd', 3))], false],
])('%s', (_, came, expected) => {
  expect(areOurs(waiting, came)).toBe(expected)
})
