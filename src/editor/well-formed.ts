import { EditorState, type Extension, type Text, type TransactionSpec } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

/** Whether a position lies inside of a surrogate pair. */
const cutsPair = (text: Text, position: number): boolean => {
  if (position <= 0 || position >= text.length) return false
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.sliceString(position - 1, position + 1))
}

/**
 * Halves of surrogate pairs and carriage returns never enter a text: Yjs would write U+FFFD for the one, and the other
 * shifts every position after it.
 */
export const wellFormedText: Extension = [
  EditorView.clipboardInputFilter.of(text => text.replace(/\r\n?/g, '\n').toWellFormed()),
  EditorState.transactionFilter.of(transaction => {
    if (!transaction.docChanged) return transaction
    const { doc } = transaction.startState
    let sound = true
    const changes: { from: number; to: number; insert: Text }[] = []
    transaction.changes.iterChanges((from, to, _fromAfter, _toAfter, insert) => {
      const text = insert.toString()
      const wide = { from: cutsPair(doc, from) ? from - 1 : from, to: cutsPair(doc, to) ? to + 1 : to }
      const clean = text.isWellFormed() && !text.includes('\r')
      if (!clean || wide.from !== from || wide.to !== to) sound = false
      const fixed = clean
        ? insert
        : EditorState.create({ doc: text.replace(/\r\n?/g, '\n').toWellFormed() }).doc
      changes.push({ ...wide, insert: fixed })
    })
    if (sound) return transaction
    const spec: TransactionSpec = { changes, scrollIntoView: transaction.scrollIntoView }
    return spec
  }),
]
