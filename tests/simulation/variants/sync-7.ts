import * as Y from 'yjs'
import { createCompactor as create } from '../../../worker/sync/document/compactor.ts'

export * from '../../../worker/sync/document/compactor.ts'

/** Puts less into a snapshot than what it replaces held. */
export const createCompactor: typeof create = deps => {
  const compactor = create(deps)
  return {
    ...compactor,
    finished: (audit, previous) => compactor.finished({ ...audit, log: new Y.Doc() }, previous),
  }
}
