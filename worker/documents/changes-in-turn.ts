import type { DocumentId } from '../../protocol/ids.ts'

/** What is done to whole databases, one thing after the other for each. */
export interface ChangesInTurn {
  add(id: DocumentId, change: () => Promise<void>): Promise<void>
  /** What is done to this one now, however it ends; undefined where nothing is. */
  running(id: DocumentId): Promise<void> | undefined
}

export const createChangesInTurn = (): ChangesInTurn => {
  const last = new Map<DocumentId, Promise<void>>()
  const whatever = (change: Promise<void>): Promise<void> => change.catch(() => undefined)

  return {
    add: (id, change) => {
      const turn = whatever(last.get(id) ?? Promise.resolve())
        .then(change)
        .finally(() => {
          if (last.get(id) === turn) last.delete(id)
        })
      last.set(id, turn)
      return turn
    },
    running: id => {
      const change = last.get(id)
      return change && whatever(change)
    },
  }
}
