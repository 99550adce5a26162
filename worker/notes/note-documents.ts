import type { DocumentId } from '../../protocol/ids.ts'
import type { Documents, OpenDocument } from '../documents/documents.ts'

/** Documents as notes need them. */
export interface NoteDocuments extends Documents {
  /**
   * Like `open`, for work that nobody looks at: the others are not told that someone is here, and the document is let
   * go at once when it is released, so that thousands of them can be gone through.
   */
  openInBackground(id: DocumentId): Promise<OpenDocument>
}
