import type { DocumentId } from '../../protocol/ids.ts'

/** The notes that something is about to be done with. */
export type Selection = ReadonlySet<DocumentId>

/** With this note in it, or without it where it was in it. */
export const toggled = (selection: Selection, note: DocumentId): Selection => {
  const next = new Set(selection)
  if (!next.delete(note)) next.add(note)
  return next
}

/** With all from one note to another, in the order of the list. */
export const extended = (
  selection: Selection,
  order: readonly DocumentId[],
  from: DocumentId | null,
  to: DocumentId,
): Selection => {
  const [a, b] = [order.indexOf(from ?? to), order.indexOf(to)]
  if (b < 0) return selection
  const [first, last] = a < 0 ? [b, b] : [Math.min(a, b), Math.max(a, b)]
  return new Set([...selection, ...order.slice(first, last + 1)])
}

/** Only what can be seen: nothing is done with a note that the list does not show. The same object where nothing goes. */
export const visible = (selection: Selection, order: readonly DocumentId[]): Selection => {
  const shown = new Set(order)
  const kept = [...selection].filter(note => shown.has(note))
  return kept.length === selection.size ? selection : new Set(kept)
}

/** The person has selected something else. */
export class SelectionEvent extends Event {
  static readonly type = 'hf-selection'
  readonly selection: Selection
  constructor(selection: Selection) {
    super(SelectionEvent.type)
    this.selection = selection
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'hf-selection': SelectionEvent
  }
}
