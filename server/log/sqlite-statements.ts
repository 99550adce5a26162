import type { DatabaseSync } from 'node:sqlite'

interface WorkspaceRow {
  readonly number: number
  readonly log: string
  readonly head: number
  readonly stamp: Uint8Array | null
  readonly bytes: number
  readonly documents: number
}

interface DocumentRow {
  readonly document: Uint8Array
  readonly head: number
  readonly stamp: Uint8Array
}

interface EntryRow {
  readonly position: number
  readonly document: Uint8Array
  readonly stamp: Uint8Array
  readonly envelope: Uint8Array
}

/** The SQL of the log store, with typed rows. */
export const prepareStatements = (database: DatabaseSync) => {
  const workspace = database.prepare('SELECT * FROM workspaces WHERE id = ?')
  const insertWorkspace = database.prepare('INSERT INTO workspaces (id, log) VALUES (?, ?)')
  const setWorkspace = database.prepare(
    'UPDATE workspaces SET head = ?, stamp = ?, bytes = ?, documents = ? WHERE number = ?',
  )
  const lists = database.prepare('SELECT text FROM lists WHERE workspace = ? ORDER BY generation')
  const insertList = database.prepare('INSERT INTO lists (workspace, generation, text) VALUES (?, ?, ?)')
  const document = database.prepare('SELECT * FROM documents WHERE workspace = ? AND document = ?')
  const setDocument = database.prepare(
    `INSERT INTO documents (workspace, document, head, stamp) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET head = excluded.head, stamp = excluded.stamp`,
  )
  const documentsAfter = database.prepare(
    'SELECT * FROM documents WHERE workspace = ? AND head > ? ORDER BY head LIMIT ?',
  )
  const insertEntry = database.prepare(
    'INSERT INTO entries (workspace, position, document, id, stamp, envelope) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const entryById = database.prepare('SELECT * FROM entries WHERE workspace = ? AND id = ?')
  const stamp = database.prepare('SELECT stamp FROM entries WHERE workspace = ? AND position = ?')
  const entriesOfLog = database.prepare(
    'SELECT * FROM entries WHERE workspace = ? AND position > ? ORDER BY position LIMIT ?',
  )
  const entriesOfDocument = database.prepare(
    'SELECT * FROM entries WHERE workspace = ? AND document = ? AND position > ? ORDER BY position LIMIT ?',
  )
  return {
    workspace: (id: string) => workspace.get(id) as WorkspaceRow | undefined,
    insertWorkspace: (id: string, log: string): void => void insertWorkspace.run(id, log),
    setWorkspace: (
      number: number,
      head: number,
      headStamp: Uint8Array,
      bytes: number,
      documents: number,
    ): void => void setWorkspace.run(head, headStamp, bytes, documents, number),
    lists: (number: number) => (lists.all(number) as { text: string }[]).map(row => row.text),
    insertList: (number: number, generation: number, text: string): void =>
      void insertList.run(number, generation, text),
    document: (number: number, id: Uint8Array) => document.get(number, id) as DocumentRow | undefined,
    setDocument: (number: number, id: Uint8Array, head: number, headStamp: Uint8Array): void =>
      void setDocument.run(number, id, head, headStamp),
    documentsAfter: (number: number, after: number, limit: number) =>
      documentsAfter.all(number, after, limit) as unknown as DocumentRow[],
    insertEntry: (
      number: number,
      position: number,
      documentId: Uint8Array,
      id: string,
      entryStamp: Uint8Array,
      envelope: Uint8Array,
    ): void => void insertEntry.run(number, position, documentId, id, entryStamp, envelope),
    entryById: (number: number, id: string) => entryById.get(number, id) as EntryRow | undefined,
    stamp: (number: number, position: number) =>
      (stamp.get(number, position) as { stamp: Uint8Array } | undefined)?.stamp,
    entriesAfter: (number: number, documentId: Uint8Array | null, after: number, limit: number) =>
      (documentId === null
        ? entriesOfLog.iterate(number, after, limit)
        : entriesOfDocument.iterate(number, documentId, after, limit)) as unknown as Iterable<EntryRow>,
  }
}
