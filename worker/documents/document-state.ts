import { digest } from 'lib0/hash/sha256'
import * as Y from 'yjs'
import { equalBytes, toBase64url } from '../../protocol/bytes.ts'

/**
 * What a document holds, in short: two documents with equal states hold the same. The state vector does not show
 * deletions, so the digest of the delete set belongs to it.
 */
export interface DocumentState {
  readonly stateVector: Uint8Array
  /** SHA-256 of the encoded delete set, base64url. */
  readonly deletes: string
}

/** What is known of a document's state as it is now. */
interface Known {
  /** Transactions that have begun and were not told of yet: nothing is kept meanwhile. */
  open: number
  state: DocumentState | null
  /** It walks all structs, so it is kept until something is deleted. */
  deletes: string | null
}

const known = new WeakMap<Y.Doc, Known>()

const knownOf = (doc: Y.Doc): Known => {
  const found = known.get(doc)
  if (found) return found
  const fresh: Known = { open: doc._transactionCleanups.length, state: null, deletes: null }
  known.set(doc, fresh)
  doc.on('beforeTransaction', () => {
    fresh.open += 1
    fresh.state = null
  })
  doc.on('afterTransaction', ({ deleteSet }: Y.Transaction) => {
    fresh.open -= 1
    if (deleteSet.clients.size > 0) fresh.deletes = null
  })
  doc.on('afterAllTransactions', () => {
    fresh.open = 0 // some may have been told of before anybody listened here
  })
  return fresh
}

const deletesDigest = (doc: Y.Doc): string => {
  const deletes = Y.createDeleteSetFromStructStore(doc.store)
  return toBase64url(digest(Y.encodeSnapshot(Y.createSnapshot(deletes, new Map()))))
}

/** Asked for again and again while nothing changes, so it is kept for as long; it is the same object then. */
export const documentState = (doc: Y.Doc): DocumentState => {
  const here = knownOf(doc)
  if (here.state !== null) return here.state
  const stateVector = Y.encodeStateVector(doc)
  if (here.open > 0) return { stateVector, deletes: deletesDigest(doc) }
  here.deletes ??= deletesDigest(doc)
  here.state = { stateVector, deletes: here.deletes }
  return here.state
}

export const sameState = (a: DocumentState, b: DocumentState): boolean =>
  a === b || (a.deletes === b.deletes && equalBytes(a.stateVector, b.stateVector))

let emptyState: DocumentState | null = null

export const isEmptyState = (state: DocumentState): boolean => {
  emptyState ??= documentState(new Y.Doc())
  return sameState(state, emptyState)
}

/** Whether something in it waits for changes that have not come yet. */
export const isPending = (doc: Y.Doc): boolean =>
  doc.store.pendingStructs !== null || doc.store.pendingDs !== null

const isIn = (part: Uint8Array | undefined, all: Uint8Array | undefined): boolean => {
  if (part === undefined) return true
  if (all === undefined) return false
  return equalBytes(Y.mergeUpdatesV2([all, part]), Y.mergeUpdatesV2([all, all]))
}

/** Whether all that waits in `part` waits in `all` too; false where that is not certain. A state does not show it. */
export const hasAllPending = (all: Y.Doc, part: Y.Doc): boolean =>
  isIn(part.store.pendingStructs?.update, all.store.pendingStructs?.update) &&
  isIn(part.store.pendingDs ?? undefined, all.store.pendingDs ?? undefined)
