import type * as Y from 'yjs'
import type { DocumentId } from '../../protocol/ids.ts'

/** A document in memory, kept until everyone who opened it has released it. */
export interface OpenDocument {
  readonly id: DocumentId
  readonly doc: Y.Doc
  /** Resolves when all that the document holds at this moment was read back from the disk; never rejects. */
  stored(): Promise<void>
  /** Tells of every read-back that finished. `upTo` resolves the question "is my edit stored": see `edits`. */
  onStored(listener: (edits: number) => void): () => void
  /** Counts the document's updates since it was opened; `onStored` reports the count that was read back. */
  edits(): number
  mark(key: string): unknown
  /** Sets a mark that is stored by the next time that `stored` resolves. */
  setMark(key: string, value: unknown): void
  /** Sets a mark that is stored in one with the next update, which has to follow at once: both are there or neither. */
  markWithNext(key: string, value: unknown): void
  /** How many other devices have this document open now. */
  present(): number
  onPresent(listener: () => void): () => void
  release(): void
}

/** The documents of one workspace on this device. */
export interface Documents {
  /** Loads a document from the disk, or hands out the one in memory. A document that is nowhere yet is empty. */
  open(id: DocumentId): Promise<OpenDocument>
  /** Stores a new document without keeping it in memory: resolves once it was read back. Rejects with StorageRefused. */
  create(id: DocumentId, update: Uint8Array): Promise<void>
  /** Deletes a document from this device. It must not be open. */
  remove(id: DocumentId): Promise<void>
  /** Stores everything and sends what is held back to be sent together. */
  flush(): Promise<void>
}

/** The browser refused to store something: no space left, or storage taken away. */
export class StorageRefused extends Error {}
