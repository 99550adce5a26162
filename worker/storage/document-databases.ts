import { type DocumentId, isDocumentId, isWorkspaceId, type WorkspaceId } from '../../protocol/ids.ts'
import type { DeviceStore } from './device-store.ts'
import { COPIES_DATABASE, unfinishedRewrites } from './rewrite-database.ts'
import { openExisting, requested } from './transactions.ts'

/** Names of the object stores that y-indexeddb makes in a document's database. */
export const UPDATES = 'updates'
export const MARKS = 'custom'

/** Name of a document's IndexedDB database. */
export const documentDatabase = (workspace: WorkspaceId, document: DocumentId): string =>
  `holdfast ${workspace} ${document}`

/** Deletes a database, or finds that there is none; waits for those who still have it open. */
export const deleteDatabase = async (name: string): Promise<void> => {
  await requested(indexedDB.deleteDatabase(name))
}

/** Mark of a database in which every row and every other mark is sealed; it is the only one that is not. */
export const FORM = 'form'
export const SEALED = 'sealed'
/** How a database is written. */
export type Form = 'plain' | 'sealed'

/** Opens a document's database as y-indexeddb does, and makes it where there is none. */
export const openDatabase = (name: string): Promise<IDBDatabase> => {
  const opening = indexedDB.open(name)
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(UPDATES, { autoIncrement: true })
    opening.result.createObjectStore(MARKS)
  }
  return requested(opening)
}

/** One mark of a document that is not loaded; undefined where there is none, or no database. */
export const readMark = async (name: string, key: string): Promise<unknown> => {
  const db = await openExisting(name)
  if (db === null) return undefined
  try {
    return await requested(db.transaction(MARKS, 'readonly').objectStore(MARKS).get(key))
  } finally {
    db.close()
  }
}

/** How a document's database is written; null where there is none. */
export const readForm = async (name: string): Promise<Form | null> => {
  const db = await openExisting(name)
  if (db === null) return null
  try {
    const form = await requested(db.transaction(MARKS, 'readonly').objectStore(MARKS).get(FORM))
    return form === undefined ? 'plain' : 'sealed'
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
  const names = (await idb.databases()).map(({ name = '' }) => name)
  // What is just being made anew is not listed, and not gone.
  const unfinished = names.includes(COPIES_DATABASE) ? await unfinishedRewrites() : []
  const found = new Map<WorkspaceId, Set<DocumentId>>()
  for (const name of [...names, ...unfinished]) {
    const parsed = parseName(name)
    if (!parsed) continue
    const documents = found.get(parsed.workspace) ?? new Set()
    found.set(parsed.workspace, documents.add(parsed.document))
  }
  return found
}

/** The names of all databases of documents: those that the browser lists, and those that this device knows of. */
export const allDocumentDatabases = async (
  store: Pick<DeviceStore, 'workspaces' | 'documents'>,
  idb: Partial<Pick<IDBFactory, 'databases'>>,
): Promise<readonly string[]> => {
  const names = new Set<string>()
  for (const [workspace, documents] of (await documentDatabases(idb)) ?? [])
    for (const document of documents) names.add(documentDatabase(workspace, document))
  for (const { id } of await store.workspaces())
    for (const document of (await store.documents(id)).keys()) names.add(documentDatabase(id, document))
  return [...names]
}
