import type { DocumentId } from '../../protocol/ids.ts'
import type { NoteDocuments } from './note-documents.ts'
import { readText, textOf } from './y-text.ts'

/** The text of a note that need not be open. */
export const readNote = async (
  documents: Pick<NoteDocuments, 'openInBackground'>,
  id: DocumentId,
): Promise<string> => {
  const open = await documents.openInBackground(id)
  try {
    return readText(textOf(open.doc))
  } finally {
    open.release()
  }
}
