import type { DatabaseSync } from 'node:sqlite'

interface WorkspaceRow {
  readonly number: number
  readonly log: string
  readonly head: number
  readonly stamp: Uint8Array | null
  readonly bytes: number
  readonly documents: number
  /** 1 where an owner deleted it. */
  readonly deleted: number
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
  /** When a snapshot took its place, in milliseconds since 1970. */
  readonly replaced: number | null
}

interface PurgedRow {
  readonly workspace: number
  readonly position: number
  readonly stamp: Uint8Array
  readonly size: number
}

interface SlotRow {
  readonly device: string
  readonly data: Uint8Array
}

/** The SQL of the log store, with typed rows. */
export const prepareStatements = (database: DatabaseSync) => {
  const workspace = database.prepare('SELECT * FROM workspaces WHERE id = ?')
  const insertWorkspace = database.prepare('INSERT INTO workspaces (id, log) VALUES (?, ?)')
  const setWorkspace = database.prepare(
    'UPDATE workspaces SET head = ?, stamp = ?, bytes = ?, documents = ? WHERE number = ?',
  )
  const statements = database.prepare('SELECT text FROM statements WHERE workspace = ? ORDER BY number')
  const countStatements = database.prepare('SELECT count(*) AS count FROM statements WHERE workspace = ?')
  const insertStatement = database.prepare(
    'INSERT INTO statements (workspace, number, text) VALUES (?, ?, ?)',
  )
  const document = database.prepare('SELECT * FROM documents WHERE workspace = ? AND document = ?')
  const setDocument = database.prepare(
    `INSERT INTO documents (workspace, document, head, stamp) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET head = excluded.head, stamp = excluded.stamp`,
  )
  const documentsAfter = database.prepare(
    'SELECT * FROM documents WHERE workspace = ? AND head > ? ORDER BY head LIMIT ?',
  )
  const insertEntry = database.prepare(
    `INSERT INTO entries (workspace, position, document, id, stamp, envelope) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (workspace, id) DO NOTHING`,
  )
  const entryById = database.prepare('SELECT * FROM entries WHERE workspace = ? AND id = ?')
  const stamp = database.prepare(
    `SELECT stamp FROM entries WHERE workspace = ?1 AND position = ?2
     UNION ALL SELECT stamp FROM purged WHERE workspace = ?1 AND position = ?2`,
  )
  const entriesOfLog = database.prepare(
    `SELECT * FROM entries WHERE workspace = ? AND replaced IS NULL AND position > ?
     ORDER BY position LIMIT ?`,
  )
  const entriesOfDocument = database.prepare(
    `SELECT * FROM entries WHERE workspace = ? AND document = ? AND replaced IS NULL AND position > ?
     ORDER BY position LIMIT ?`,
  )
  const replaceEntry = database.prepare(
    `UPDATE entries SET replaced = ?
     WHERE workspace = ? AND position = ? AND document = ? AND replaced IS NULL`,
  )
  const replacedEntries = database.prepare(
    `SELECT workspace, position, stamp, length(envelope) AS size FROM entries WHERE replaced < ?
     ORDER BY replaced LIMIT ?`,
  )
  const keepStamp = database.prepare('INSERT INTO purged (workspace, position, stamp) VALUES (?, ?, ?)')
  const deleteEntry = database.prepare('DELETE FROM entries WHERE workspace = ? AND position = ?')
  const freeBytes = database.prepare('UPDATE workspaces SET bytes = bytes - ? WHERE number = ?')
  const slots = database.prepare('SELECT device, data FROM slots WHERE workspace = ? ORDER BY device')
  const slotBytes = database.prepare(
    'SELECT length(data) AS bytes FROM slots WHERE workspace = ? AND device = ?',
  )
  const setSlot = database.prepare(
    `INSERT INTO slots (workspace, device, data) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET data = excluded.data`,
  )
  const emptied = ['entries', 'purged', 'documents', 'slots'].map(table =>
    database.prepare(`DELETE FROM ${table} WHERE workspace = ?`),
  )
  const setDeleted = database.prepare(
    `UPDATE workspaces SET deleted = 1, log = ?, head = 0, stamp = NULL, bytes = 0, documents = 0
     WHERE number = ?`,
  )
  const setRenewed = database.prepare('UPDATE workspaces SET deleted = 0 WHERE number = ?')
  const removeSlot = database.prepare('DELETE FROM slots WHERE workspace = ? AND device = ?')
  const addBytes = database.prepare('UPDATE workspaces SET bytes = bytes + ? WHERE number = ?')
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
    statements: (number: number) => (statements.all(number) as { text: string }[]).map(row => row.text),
    countStatements: (number: number) => (countStatements.get(number) as { count: number }).count,
    insertStatement: (number: number, place: number, text: string): void =>
      void insertStatement.run(number, place, text),
    /** Leaves the statements about members. `log` is the id of the log from here on. */
    empty: (number: number, log: string): void => {
      for (const statement of emptied) statement.run(number)
      setDeleted.run(log, number)
    },
    renew: (number: number): void => void setRenewed.run(number),
    document: (number: number, id: Uint8Array) => document.get(number, id) as DocumentRow | undefined,
    setDocument: (number: number, id: Uint8Array, head: number, headStamp: Uint8Array): void =>
      void setDocument.run(number, id, head, headStamp),
    documentsAfter: (number: number, after: number, limit: number) =>
      documentsAfter.all(number, after, limit) as unknown as DocumentRow[],
    /** False where the log has an entry of this id. */
    insertEntry: (
      number: number,
      position: number,
      documentId: Uint8Array,
      id: string,
      entryStamp: Uint8Array,
      envelope: Uint8Array,
    ): boolean => insertEntry.run(number, position, documentId, id, entryStamp, envelope).changes === 1,
    entryById: (number: number, id: string) => entryById.get(number, id) as EntryRow | undefined,
    /** False where the document has no such entry, or no longer. */
    replaceEntry: (number: number, position: number, documentId: Uint8Array, now: number): boolean =>
      replaceEntry.run(now, number, position, documentId).changes === 1,
    replacedEntries: (before: number, limit: number) =>
      replacedEntries.all(before, limit) as unknown as PurgedRow[],
    purge: ({ workspace: number, position, stamp: kept, size }: PurgedRow): void => {
      keepStamp.run(number, position, kept)
      deleteEntry.run(number, position)
      freeBytes.run(size, number)
    },
    stamp: (number: number, position: number) =>
      (stamp.get(number, position) as { stamp: Uint8Array } | undefined)?.stamp,
    entriesAfter: (number: number, documentId: Uint8Array | null, after: number, limit: number) =>
      (documentId === null
        ? entriesOfLog.iterate(number, after, limit)
        : entriesOfDocument.iterate(number, documentId, after, limit)) as unknown as Iterable<EntryRow>,
    slots: (number: number) => slots.all(number) as unknown as SlotRow[],
    slotBytes: (number: number, device: string) =>
      (slotBytes.get(number, device) as { bytes: number } | undefined)?.bytes ?? 0,
    setSlot: (number: number, device: string, data: Uint8Array): void =>
      void setSlot.run(number, device, data),
    removeSlot: (number: number, device: string): void => void removeSlot.run(number, device),
    addBytes: (number: number, bytes: number): void => void addBytes.run(bytes, number),
  }
}
