import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { MAX_NOTE_LENGTH } from '../../protocol/limits.ts'
import { NOTE_TEXT, WRITE_HERE } from './empty-note.ts'
import { formatKeys } from './format-keys.ts'
import { listKeys } from './list-keys.ts'
import { markdown } from './markdown-language.ts'
import { markdownStyle } from './markdown-style.ts'
import { taskClick } from './task-click.ts'
import { wellFormedText } from './well-formed.ts'

/** Keeps a note below the size that can be sent; `refused` is called instead of making it longer. */
const lengthLimit = (refused: () => void): Extension =>
  EditorState.changeFilter.of(transaction => {
    const { newLength, length } = transaction.changes
    if (newLength <= MAX_NOTE_LENGTH || newLength <= length) return true
    refused()
    return false
  })

export const noteExtensions = (onTooLong: () => void): Extension => [
  history(),
  keymap.of([...formatKeys, ...listKeys, ...historyKeymap, ...defaultKeymap]),
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({
    'aria-label': NOTE_TEXT,
    spellcheck: 'true',
    autocapitalize: 'sentences',
    autocorrect: 'on',
  }),
  placeholder(WRITE_HERE),
  markdown,
  markdownStyle,
  taskClick,
  wellFormedText,
  lengthLimit(onTooLong),
]
