import { ensureSyntaxTree, syntaxTree } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import { expect, it } from 'vitest'
import { markdown } from '../../../src/editor/markdown-language.ts'
import { seededDice } from '../../support/seeded.ts'

type Tree = ReturnType<typeof syntaxTree>
type SyntaxNode = Tree['topNode']

const PATIENCE_MS = 60_000

const open = (doc: string) => EditorState.create({ doc, extensions: [markdown] })

const parsed = (state: EditorState): Tree => ensureSyntaxTree(state, state.doc.length, PATIENCE_MS)!

const blocks = (tree: Tree): readonly SyntaxNode[] => {
  const found: SyntaxNode[] = []
  for (let node = tree.topNode.firstChild; node; node = node.nextSibling) found.push(node)
  return found
}

const shape = (tree: Tree) => blocks(tree).map(({ name, from, to }) => `${name} ${from} ${to}`)

/** A paragraph of so many lines, none of them empty, and one of another kind. */
const lines = (count: number): string =>
  Array.from(
    { length: count },
    (_, index) => `${index} ${'tide '.repeat((index * 7) % 9)}and *kelp* grows`,
  ).join('\n')

it('parses a key in a note of many lines without an empty one for the lines around it alone', () => {
  let state = open(lines(2_000))
  const before = blocks(parsed(state))
  expect(before.every(({ from, to }) => to - from < 6_000)).toBe(true)
  state = state.update({ changes: { from: 3, insert: 'x' } }).state
  const after = blocks(syntaxTree(state))
  expect(after.at(-1)!.to, 'all of it at once').toBe(state.doc.length)
  const again = after.filter(({ tree }, index) => tree !== before[index]?.tree)
  expect(again.length, 'the one that was typed in, and the last').toBe(2)
})

it('comes to the same after any keys as it would have without them', () => {
  const dice = seededDice(4)
  let state = open(lines(300))
  parsed(state)
  for (let count = 0; count < 200; count++) {
    const from = dice.below(state.doc.length)
    const insert = dice.pick(['x', '*', ' ', '\n', 'word\nword'])
    const changes =
      dice.below(3) === 0 ? { from, to: Math.min(from + 9, state.doc.length) } : { from, insert }
    state = state.update({ changes }).state
  }
  expect(shape(parsed(state))).toEqual(shape(parsed(open(state.doc.toString()))))
})

it('leaves short paragraphs, headings and lists as they are', () => {
  const text = `# Tides\n\n${lines(12)}\n\n- one\n- two\n\n## Rocks`
  expect(blocks(parsed(open(text))).map(({ name }) => name)).toEqual([
    'ATXHeading1',
    'Paragraph',
    'BulletList',
    'ATXHeading2',
  ])
})
