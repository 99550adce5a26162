import {
  defineLanguageFacet,
  foldNodeProp,
  Language,
  LanguageSupport,
  languageDataProp,
} from '@codemirror/language'
import { styleTags, tags } from '@lezer/highlight'
import { GFM, type LeafBlock, type Line, type MarkdownConfig, parser } from '@lezer/markdown'

// The ready-made Markdown language brings parsers for HTML, CSS and JavaScript along, ten times the size of this one.
const data = defineLanguageFacet({ commentTokens: { block: { open: '<!--', close: '-->' } } })

const LONG_PARAGRAPH = 1_000
const LONGEST_PARAGRAPH = 4_000
const ONE_LINE_OF = 4

/**
 * A paragraph is parsed anew whole with each key in it, and some notes are lines without an empty one for hundreds of
 * pages. So a long one goes on as another, which only the colours of what is emphasised across that line could tell.
 * Which lines begin one follows from the lines themselves: then it is the same ones after a key as before it, and what
 * follows need not be parsed again.
 */
const endsParagraph = (line: Line, leaf: LeafBlock): boolean => {
  const { length } = leaf.content
  if (length < LONG_PARAGRAPH) return false
  return length > LONGEST_PARAGRAPH || (line.text.length + line.text.charCodeAt(0)) % ONE_LINE_OF === 0
}

const shortParagraphs: MarkdownConfig = {
  parseBlock: [{ name: 'LongParagraph', endLeaf: (_, line, leaf) => endsParagraph(line, leaf) }],
}

const markdownParser = parser.configure([
  GFM,
  shortParagraphs,
  {
    props: [
      languageDataProp.add({ Document: data }),
      foldNodeProp.add({ FencedCode: node => ({ from: node.from, to: node.to }) }),
      styleTags({ 'TaskMarker/...': tags.atom, 'Strikethrough/...': tags.strikethrough }),
    ],
  },
])

export const markdown = new LanguageSupport(new Language(data, markdownParser, [], 'markdown'))
