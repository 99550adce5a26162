import * as Y from 'yjs'
import { equalBytes } from '../../../protocol/bytes.ts'
import { documentState, type sameState as same } from '../../../worker/documents/document-state.ts'

export * from '../../../worker/documents/document-state.ts'

/** Looks at the state vectors alone. */
export const sameState: typeof same = (a, b) => equalBytes(a.stateVector, b.stateVector)

const empty = documentState(new Y.Doc())
export const isEmptyState = (state: typeof empty): boolean => sameState(state, empty)
