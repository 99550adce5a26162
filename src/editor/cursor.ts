import type { EditorState, Text } from '@codemirror/state'

/** Where somebody writes, in a form that finds its place again after others have changed the text. */
export interface Cursor {
  /** In UTF-16 code units from the start of the text. */
  readonly anchor: number
  readonly head: number
  /** What stands right before the head. */
  readonly before: string
}

const CONTEXT = 24

export const cursorOf = ({ doc, selection }: EditorState): Cursor => {
  const { anchor, head } = selection.main
  return { anchor, head, before: doc.sliceString(Math.max(0, head - CONTEXT), head) }
}

/** The end of the occurrence of `context` that is closest to `position`; `position` where there is none. */
const closest = (text: string, context: string, position: number): number => {
  let best = position
  let distance = Number.POSITIVE_INFINITY
  for (let at = text.indexOf(context); at >= 0; at = text.indexOf(context, at + 1)) {
    const end = at + context.length
    if (Math.abs(end - position) > distance) break // from here on they are farther and farther away
    best = end
    distance = Math.abs(end - position)
  }
  return best
}

/** The selection that a cursor stands for in a text that may have changed since. */
export const findCursor = (doc: Text, { anchor, head, before }: Cursor): { anchor: number; head: number } => {
  const within = (position: number) => Math.min(Math.max(position, 0), doc.length)
  const found = closest(doc.toString(), before, within(head))
  return { anchor: within(anchor + found - head), head: found }
}
