import { EditorSelection, type StateCommand } from '@codemirror/state'
import type { KeyBinding } from '@codemirror/view'

/** Puts a mark around what is selected, or takes it away where it is. */
const toggle =
  (mark: string): StateCommand =>
  ({ state, dispatch }) => {
    if (state.readOnly) return false
    const { length } = mark
    const edit = state.changeByRange(range => {
      const before = state.sliceDoc(range.from - length, range.from)
      const after = state.sliceDoc(range.to, range.to + length)
      const marked = before === mark && after === mark
      const shift = marked ? -length : length
      return {
        changes: marked
          ? [
              { from: range.from - length, to: range.from },
              { from: range.to, to: range.to + length },
            ]
          : [
              { from: range.from, insert: mark },
              { from: range.to, insert: mark },
            ],
        range: EditorSelection.range(range.anchor + shift, range.head + shift),
      }
    })
    dispatch(state.update(edit, { userEvent: 'input.format', scrollIntoView: true }))
    return true
  }

export const formatKeys: readonly KeyBinding[] = [
  { key: 'Mod-b', run: toggle('**') },
  { key: 'Mod-i', run: toggle('_') },
  { key: 'Mod-e', run: toggle('`') },
]
