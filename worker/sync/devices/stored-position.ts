import type { DocumentId } from '../../../protocol/ids.ts'
import type { KnownDocument } from '../../documents/known-documents.ts'

/** How far an open document is stored. */
export interface StoredUpTo {
  /** Everything that the document has in the log up to here was read back from the disk. */
  readonly position: number
  /** Nothing of it is under way. */
  readonly quiet: boolean
}

/** What a device knows of its documents at one log. */
export interface Holdings {
  readonly log: string
  /** All documents that changed up to here were named to us. */
  readonly covered: number
  /** The last place of each document that was named on this connection. */
  readonly named: ReadonlyMap<DocumentId, number>
  readonly open: ReadonlyMap<DocumentId, StoredUpTo>
  /** Documents to be compared with the relay. */
  readonly pending: Iterable<DocumentId>
  readonly known: ReadonlyMap<DocumentId, KnownDocument>
  /** Deleted for good: fetched no more. */
  readonly isDeleted: (document: DocumentId) => boolean
}

/**
 * Up to where everything of the whole log is stored here. Where a document has more in the log than is stored, the
 * answer ends where that document's own part does; so it may say less than is true, and never more.
 */
export const storedPosition = (holdings: Holdings): number => {
  const { log, named, open, known, isDeleted } = holdings
  let stored = holdings.covered
  const endAt = (position: number): void => {
    stored = Math.min(stored, position)
  }
  const cleanAt = (document: DocumentId): number => {
    const clean = known.get(document)?.clean
    return clean?.log === log ? clean.position : 0
  }
  for (const [document, { position, quiet }] of open)
    if (!quiet || (named.get(document) ?? 0) > position) endAt(position)
  for (const document of holdings.pending) if (!open.has(document)) endAt(cleanAt(document))
  for (const [document, { clean }] of known)
    if (clean?.log !== log && !open.has(document) && !isDeleted(document)) endAt(0)
  return stored
}
