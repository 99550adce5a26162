import type { TextUpdate } from '../../protocol/notes.ts'
import type { OpenDocument } from '../documents/documents.ts'

/**
 * Which steps of which editors are in a note's text. They are written in one with the text itself: after a crash, or
 * after a tab that was closed before it heard an answer, a step that is in the text is known by its name, and one that
 * is not is done once.
 */
export interface EditCounts {
  all(): Readonly<Record<string, number>>
  /** The counts once these updates are done; null where they do not follow what was done before. */
  after(updates: readonly TextUpdate[]): ReadonlyMap<string, number> | null
  /** To be called right before the update of the document that does them. */
  set(counts: ReadonlyMap<string, number>): void
}

const MARK = 'edits'
/** Editors that are asked about have written not long ago: a tab that comes back finds its own among these. */
const MAX_STORED = 64

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0

export const createEditCounts = (open: Pick<OpenDocument, 'mark' | 'markWithNext'>): EditCounts => {
  const before = open.mark(MARK)
  let counts: ReadonlyMap<string, number> = new Map(before instanceof Map ? before : [])
  return {
    all: () => Object.fromEntries(counts),
    after: updates => {
      const next = new Map(counts)
      for (const { clientID, count } of updates) {
        if (count === undefined) continue
        if (!isCount(count) || count !== (next.get(clientID) ?? 0) + 1) return null
        next.delete(clientID) // whoever edited last stands last
        next.set(clientID, count)
      }
      return next
    },
    set: next => {
      if ([...next].every(([editor, count]) => counts.get(editor) === count)) return
      counts = next
      open.markWithNext(MARK, new Map([...counts].slice(-MAX_STORED)))
    },
  }
}
