import {
  defineLanguageFacet,
  foldNodeProp,
  Language,
  LanguageSupport,
  languageDataProp,
} from '@codemirror/language'
import { styleTags, tags } from '@lezer/highlight'
import { GFM, parser } from '@lezer/markdown'

// The ready-made Markdown language brings parsers for HTML, CSS and JavaScript along, ten times the size of this one.
const data = defineLanguageFacet({ commentTokens: { block: { open: '<!--', close: '-->' } } })

const markdownParser = parser.configure([
  GFM,
  {
    props: [
      languageDataProp.add({ Document: data }),
      foldNodeProp.add({ FencedCode: node => ({ from: node.from, to: node.to }) }),
      styleTags({ 'TaskMarker/...': tags.atom, 'Strikethrough/...': tags.strikethrough }),
    ],
  },
])

export const markdown = new LanguageSupport(new Language(data, markdownParser, [], 'markdown'))
