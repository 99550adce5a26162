import { type DocumentId, isDocumentId, isWorkspaceId, type WorkspaceId } from '../../protocol/ids.ts'

/** Names of the object stores that y-indexeddb makes in a document's database. */
export const UPDATES = 'updates'
export const MARKS = 'custom'

/** Name of a document's IndexedDB database. */
export const documentDatabase = (workspace: WorkspaceId, document: DocumentId): string =>
  `holdfast ${workspace} ${document}`

/** Deletes a database, or finds that there is none; waits for those who still have it open. */
export const deleteDatabase = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
  })

/** One mark of a document that is not loaded; undefined where there is none, or no database. */
export const readMark = async (name: string, key: string): Promise<unknown> => {
  const opening = indexedDB.open(name)
  // A database that this made would have no stores, and y-indexeddb would never make them.
  opening.onupgradeneeded = () => opening.transaction?.abort()
  const db = await new Promise<IDBDatabase | null>(resolve => {
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => resolve(null)
  })
  if (db === null) return undefined
  try {
    return await new Promise((resolve, reject) => {
      const reading = db.transaction(MARKS, 'readonly').objectStore(MARKS).get(key)
      reading.onsuccess = () => resolve(reading.result)
      reading.onerror = () => reject(reading.error)
    })
  } finally {
    db.close()
  }
}

/** Takes such a name apart; null where it is another one's. */
const parseName = (
  name: string,
): { readonly workspace: WorkspaceId; readonly document: DocumentId } | null => {
  const [app, workspace, document, ...more] = name.split(' ')
  if (app !== 'holdfast' || more.length > 0 || !workspace || !document) return null
  return isWorkspaceId(workspace) && isDocumentId(document) ? { workspace, document } : null
}

/** Documents by workspace. */
export type FoundDocuments = ReadonlyMap<WorkspaceId, ReadonlySet<DocumentId>>

/** The documents that have a database in this browser, by workspace; null where it does not list its databases. */
export const documentDatabases = async (
  idb: Partial<Pick<IDBFactory, 'databases'>>,
): Promise<FoundDocuments | null> => {
  if (!idb.databases) return null
  const found = new Map<WorkspaceId, Set<DocumentId>>()
  for (const { name } of await idb.databases()) {
    const parsed = parseName(name ?? '')
    if (!parsed) continue
    const documents = found.get(parsed.workspace) ?? new Set()
    found.set(parsed.workspace, documents.add(parsed.document))
  }
  return found
}
