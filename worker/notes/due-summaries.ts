import type { DocumentId } from '../../protocol/ids.ts'
import type { OpenDocument } from '../documents/documents.ts'

/**
 * Notes that this device edited and whose summary is not written yet. They are kept on the disk beside the index: after
 * a crash they name the few notes that have to be looked at, where otherwise all would have to be opened.
 */
export interface DueSummaries {
  /** With when each was edited last, as far as that was written down; milliseconds since 1970. */
  all(): ReadonlyMap<DocumentId, number>
  add(note: DocumentId, edited: number): void
  remove(note: DocumentId): void
}

const MARK = 'summaries due'

export const createDueSummaries = (home: Pick<OpenDocument, 'mark' | 'setMark' | 'stored'>): DueSummaries => {
  const before = home.mark(MARK)
  const due = new Map<DocumentId, number>(before instanceof Map ? before : [])
  const keep = (): void => {
    home.setMark(MARK, new Map(due))
    void home.stored()
  }
  return {
    all: () => due,
    add: (note, edited) => {
      if (due.has(note)) return
      due.set(note, edited)
      keep()
    },
    remove: note => {
      if (due.delete(note)) keep()
    },
  }
}
