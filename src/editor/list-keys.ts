import { indentLess, indentMore } from '@codemirror/commands'
import type { ChangeSpec, EditorState, StateCommand } from '@codemirror/state'
import type { KeyBinding } from '@codemirror/view'

/** Marker of a list item or a quote at the start of a line, its task box included. */
const ITEM = /^(\s*)(?:([-*+])|(\d{1,9})([.)])|(>))(\s+)(\[[ xX]\]\s+)?/

/** What the line after `line` starts with, or null where `line` is no item. */
export const nextMarker = (line: string): { readonly marker: string; readonly empty: boolean } | null => {
  const match = ITEM.exec(line)
  if (!match) return null
  const [whole, indent, bullet, number, stop, quote, gap, task] = match
  const mark = bullet ?? quote ?? `${Number(number) + 1}${stop}`
  return { marker: `${indent}${mark}${gap}${task ? '[ ] ' : ''}`, empty: line.length === whole.length }
}

const inList = (state: EditorState): boolean =>
  state.selection.ranges.every(range => {
    const match = ITEM.exec(state.doc.lineAt(range.head).text)
    return match !== null && !match[5]
  })

/** Enter goes on with the list; on an empty item it ends the list. */
const continueList: StateCommand = ({ state, dispatch }) => {
  const { main, ranges } = state.selection
  if (ranges.length > 1 || state.readOnly) return false
  const line = state.doc.lineAt(main.head)
  const next = nextMarker(line.text)
  if (!next) return false
  if (next.empty) {
    dispatch(
      state.update({ changes: { from: line.from, to: line.to }, userEvent: 'delete', scrollIntoView: true }),
    )
    return true
  }
  const markerLength = ITEM.exec(line.text)![0].length
  if (main.from < line.from + markerLength) return false
  const changes: ChangeSpec = { from: main.from, to: main.to, insert: `\n${next.marker}` }
  const anchor = main.from + 1 + next.marker.length
  dispatch(state.update({ changes, selection: { anchor }, userEvent: 'input', scrollIntoView: true }))
  return true
}

/** Outside of lists Tab moves the focus on, so that nobody who uses the keyboard is caught in the text. */
const whenInList =
  (command: StateCommand): StateCommand =>
  target =>
    inList(target.state) && command(target)

export const listKeys: readonly KeyBinding[] = [
  { key: 'Enter', run: continueList },
  { key: 'Tab', run: whenInList(indentMore), shift: whenInList(indentLess) },
]
