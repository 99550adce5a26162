import { HighlightStyle, syntaxHighlighting, syntaxTree } from '@codemirror/language'
import type { Extension, Range } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const inline = HighlightStyle.define([
  { tag: tags.heading, class: 'md-heading' },
  { tag: tags.strong, fontWeight: '650' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strikethrough, class: 'md-struck' },
  { tag: tags.link, class: 'md-link' },
  { tag: tags.url, class: 'md-url' },
  { tag: tags.monospace, class: 'md-code' },
  { tag: tags.quote, class: 'md-quote' },
  { tag: tags.atom, class: 'md-task' },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.labelName], class: 'md-mark' },
])

/** Blocks that colour whole lines, by the name of their syntax node. */
const LINE_CLASSES: Readonly<Record<string, string>> = {
  ATXHeading1: 'md-line-h1',
  SetextHeading1: 'md-line-h1',
  ATXHeading2: 'md-line-h2',
  SetextHeading2: 'md-line-h2',
  ATXHeading3: 'md-line-h3',
  ATXHeading4: 'md-line-h3',
  ATXHeading5: 'md-line-h3',
  ATXHeading6: 'md-line-h3',
  FencedCode: 'md-line-code',
  CodeBlock: 'md-line-code',
  Blockquote: 'md-line-quote',
  HorizontalRule: 'md-line-rule',
  Table: 'md-line-table',
}

const lineDecorations = (view: EditorView): DecorationSet => {
  const marks: Range<Decoration>[] = []
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter: node => {
        const name = LINE_CLASSES[node.name]
        if (!name) return
        let line = view.state.doc.lineAt(Math.max(node.from, from))
        for (;;) {
          marks.push(Decoration.line({ class: name }).range(line.from))
          if (line.to >= Math.min(node.to, to) || line.number === view.state.doc.lines) break
          line = view.state.doc.line(line.number + 1)
        }
      },
    })
  }
  return Decoration.set(marks, true)
}

const lines = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet
    constructor(view: EditorView) {
      this.decorations = lineDecorations(view)
    }
    update(update: ViewUpdate) {
      if (
        update.docChanged ||
        update.viewportChanged ||
        syntaxTree(update.startState) !== syntaxTree(update.state)
      )
        this.decorations = lineDecorations(update.view)
    }
  },
  { decorations: plugin => plugin.decorations },
)

const MONO = 'var(--hf-font-mono)'

const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--hf-ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--hf-font-text)', lineHeight: '1.65', overflow: 'auto' },
  '.cm-content': {
    maxWidth: 'var(--hf-measure)',
    width: '100%',
    margin: '0 auto',
    padding: 'var(--hf-page-top) var(--hf-page-side) 40vh',
    fontSize: 'var(--hf-text-size)',
    caretColor: 'var(--hf-accent)',
    boxSizing: 'border-box',
    // A long word in a narrow window wraps instead of making the page scroll sideways.
    overflowWrap: 'anywhere',
  },
  '.cm-line': { padding: '0' },
  '.cm-cursor': { borderLeftColor: 'var(--hf-accent)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--hf-selection)',
  },
  '.cm-placeholder': { color: 'var(--hf-ink-faint)' },
  '.md-heading': { fontWeight: '680', letterSpacing: '-0.012em' },
  '.md-line-h1': { fontSize: '1.6em', lineHeight: '1.25', padding: '0.1em 0 0.2em' },
  '.md-line-h2': { fontSize: '1.28em', lineHeight: '1.35', padding: '0.5em 0 0.1em' },
  '.md-line-h3': { fontSize: '1.08em', padding: '0.35em 0 0' },
  '.md-mark': { color: 'var(--hf-ink-faint)', fontWeight: '400' },
  '.md-struck': { textDecoration: 'line-through', color: 'var(--hf-ink-soft)' },
  '.md-link': { color: 'var(--hf-accent-ink)' },
  '.md-url': { color: 'var(--hf-ink-faint)', textDecoration: 'underline', textUnderlineOffset: '3px' },
  '.md-code': { fontFamily: MONO, fontSize: '0.88em', color: 'var(--hf-code)' },
  '.md-quote': { color: 'var(--hf-ink-soft)' },
  '.md-task': { color: 'var(--hf-accent-ink)', fontFamily: MONO, fontSize: '0.9em' },
  '.md-line-code': { background: 'var(--hf-wash)', padding: '0 0.9em', margin: '0 -0.9em' },
  '.md-line-quote': {
    borderLeft: '3px solid var(--hf-line-strong)',
    paddingLeft: '0.9em',
    marginLeft: '-3px',
  },
  '.md-line-rule': { color: 'var(--hf-ink-faint)' },
  '.md-line-table': { fontFamily: MONO, fontSize: '0.88em' },
})

export const markdownStyle: Extension = [theme, syntaxHighlighting(inline), lines]
