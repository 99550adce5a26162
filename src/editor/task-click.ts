import { EditorView } from '@codemirror/view'

/** A click on `[ ]` ticks a task off, another one takes that back. */
export const taskClick = EditorView.domEventHandlers({
  mousedown(event, view) {
    const target = event.target as HTMLElement
    if (!target.classList.contains('md-task') || view.state.readOnly) return false
    const from = view.posAtDOM(target)
    const box = view.state.sliceDoc(from, from + 3)
    if (!/^\[[ xX]\]$/.test(box)) return false
    const insert = box === '[ ]' ? 'x' : ' '
    view.dispatch({ changes: { from: from + 1, to: from + 2, insert }, userEvent: 'input.task' })
    return true
  },
})
