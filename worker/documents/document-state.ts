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

const digests = new WeakMap<Y.Doc, string>()
const watched = new WeakSet<Y.Doc>()

/** The digest walks all structs, so it is kept until something is deleted. */
const deletesDigest = (doc: Y.Doc): string => {
  if (!watched.has(doc)) {
    watched.add(doc)
    doc.on('afterTransaction', (transaction: Y.Transaction) => {
      if (transaction.deleteSet.clients.size > 0) digests.delete(doc)
    })
  }
  let known = digests.get(doc)
  if (known === undefined) {
    const deletes = Y.createDeleteSetFromStructStore(doc.store)
    known = toBase64url(digest(Y.encodeSnapshot(Y.createSnapshot(deletes, new Map()))))
    digests.set(doc, known)
  }
  return known
}

export const documentState = (doc: Y.Doc): DocumentState => ({
  stateVector: Y.encodeStateVector(doc),
  deletes: deletesDigest(doc),
})

export const sameState = (a: DocumentState, b: DocumentState): boolean =>
  a.deletes === b.deletes && equalBytes(a.stateVector, b.stateVector)

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
