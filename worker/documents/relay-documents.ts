import type { DocumentId } from '../../protocol/ids.ts'
import type { Attach, Attachment } from './attachments.ts'
import type { OpenDocument } from './documents.ts'
import type { KnownDocument } from './known-documents.ts'

/** The documents of this device as one relay's sync sees them: clean, unclean and attached are meant of that relay. */
export interface RelayDocuments {
  /** Connects all loaded documents, and those to be loaded, until it is called with null. */
  attachAll(attach: Attach | null): Promise<void>
  /** Loads a document for comparing it only: it is unloaded at once when released. */
  openInBackground(id: DocumentId): Promise<OpenDocument>
  attachment(id: DocumentId): Attachment | null
  /** All documents that this device has, with what is known of them without opening. */
  known(): ReadonlyMap<DocumentId, KnownDocument>
  isOpen(id: DocumentId): boolean
  /** Documents that are not loaded, and not known to be at the relay. */
  unclean(): readonly DocumentId[]
  /** A document that is not loaded may hold something unsent: it was just made, or let go before it was confirmed. */
  onUnclean(listener: (id: DocumentId) => void): () => void
}
