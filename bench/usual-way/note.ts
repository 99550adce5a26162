import { defaultKeymap } from '@codemirror/commands'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import * as Y from 'yjs'
import { markdown } from '../../src/editor/markdown-language.ts'
import { markdownStyle } from '../../src/editor/markdown-style.ts'
import { textBinding } from './binding.ts'
import { connect } from './connect.ts'
import type { Home } from './home.ts'
import { summaryOf } from './summary.ts'

const SUMMARY_PAUSE_MS = 1_000

/** Opens a note in the editor; the same editor as Holdfast's, as far as what is drawn goes. Returns what closes it. */
export const openNote = (parent: HTMLElement, home: Home, id: string, oneDocument: boolean): (() => void) => {
  const doc = oneDocument ? home.doc : new Y.Doc()
  const connection = oneDocument ? home.connection : connect(`note-${id}`, doc)
  const text = doc.getText(oneDocument ? `note-${id}` : 'text')
  let view: EditorView | null = null
  let closed = false
  let due: ReturnType<typeof setTimeout> | undefined
  const summarise = (_event: Y.YTextEvent, { local }: Y.Transaction): void => {
    if (!local) return
    clearTimeout(due)
    due = setTimeout(() => home.notes.set(id, summaryOf(text.toString())), SUMMARY_PAUSE_MS)
  }
  void connection.stored.then(() => {
    if (closed) return
    text.observe(summarise)
    view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text.toString(),
        extensions: [
          keymap.of(defaultKeymap),
          EditorView.lineWrapping,
          markdown,
          markdownStyle,
          textBinding(text),
        ],
      }),
    })
  })
  return () => {
    closed = true
    text.unobserve(summarise)
    view?.destroy()
    if (!oneDocument) void connection.close().then(() => doc.destroy())
  }
}
