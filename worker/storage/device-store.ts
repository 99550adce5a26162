import { type DBSchema, type IDBPDatabase, openDB, unwrap } from 'idb'
import {
  COURIER_KEY,
  DEVICE_DATABASE,
  DEVICE_DATABASE_VERSION,
  DEVICE_KEYS,
  DEVICE_STORES,
  type StoredCourier,
  VAULT_KEY,
} from '../../protocol/device-database.ts'
import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { StoredKey } from '../../protocol/wrapped-key.ts'
import type { StoredKeys } from '../keys/device-keys.ts'
import type { StoredLock } from '../lock/stored-lock.ts'
import type { DatabaseSeal } from './database-seal.ts'
import { createGroupWriter } from './group-writer.ts'
import { finishRewriting, hasCopy, readContent, rewriteDatabase } from './rewrite-database.ts'
import type { Bookmark, CleanMark, StoredDocument, StoredRelayMemory } from './stored-progress.ts'
import type { StoredWorkspace } from './stored-workspace.ts'
import { requested } from './transactions.ts'
import { createWorkspaceRecords, type StoredRecord } from './workspace-records.ts'

/** How it was stored when there could be one relay only, which the mark did not name: it is compared once more. */
interface WithOneMark {
  readonly clean: CleanMark | null
}

const isByRelay = (stored: StoredDocument | WithOneMark): stored is StoredDocument =>
  stored.clean !== null && !('log' in stored.clean && typeof stored.clean.log === 'string')

interface Schema extends DBSchema {
  keys: { key: string; value: StoredKeys | StoredKey<CryptoKey> | StoredLock | StoredCourier<CryptoKey> }
  workspaces: { key: string; value: StoredRecord }
  relays: { key: string; value: Bookmark | StoredRelayMemory }
  documents: { key: string; value: StoredDocument | WithOneMark }
  settings: { key: string; value: string }
}

export interface LockChange {
  /** Null: it is off. */
  readonly lock: StoredLock | null
  readonly keys: StoredKeys
  /** Undefined: there is none. */
  readonly vaultKey: StoredKey<CryptoKey> | undefined
  readonly seal: DatabaseSeal | null
}

/** What the device knows besides the documents' contents. Every write resolves when it is on disk. */
export interface DeviceStore {
  keys(): Promise<StoredKeys | undefined>
  setKeys(keys: StoredKeys): Promise<void>
  /** By which the vaults are sealed as long as sync is off: AES-256-GCM. */
  vaultKey(): Promise<StoredKey<CryptoKey> | undefined>
  /** Keeps it where there is none yet: what is sealed by one that gives way to another could never be opened again. */
  addVaultKey(key: StoredKey<CryptoKey>): Promise<void>
  /** Undefined where the device lock is off. */
  lock(): Promise<StoredLock | undefined>
  setLock(lock: StoredLock): Promise<void>
  /** By which the service worker delivers while the lock is on; null: by the device's own key. */
  setCourier(courier: StoredCourier<CryptoKey> | null): Promise<void>
  /** What the device lock seals is opened, and sealed, by this from now on. */
  useSeal(seal: DatabaseSeal): void
  /** Turns the device lock on or off: all that depends on it, at once. */
  changeLock(change: LockChange): Promise<void>
  /** Takes what was overwritten off the disk, while nobody else asks for anything. Cut short, nothing is lost. */
  renew(): Promise<void>
  workspace(id: WorkspaceId): Promise<StoredWorkspace | undefined>
  workspaces(): Promise<readonly StoredWorkspace[]>
  /** Workspaces of earlier versions, which are to be taken over into one of this version and then removed. */
  formerWorkspaces(): Promise<readonly WorkspaceId[]>
  setWorkspace(workspace: StoredWorkspace): Promise<void>
  /** Changes what is given and leaves the rest as it is; nothing where the workspace is not on this device any more. */
  changeWorkspace(id: WorkspaceId, changes: Partial<StoredWorkspace>): Promise<void>
  /** Forgets all that is kept here of a workspace at once, and remembers in one with it which documents are to go. */
  removeWorkspace(id: WorkspaceId): Promise<void>
  /** Documents of workspaces that were removed: their databases may still be there. */
  removedDocuments(): Promise<ReadonlyMap<WorkspaceId, readonly DocumentId[]>>
  /** The databases of a removed workspace are gone. */
  documentsGone(id: WorkspaceId): Promise<void>
  /** Whether the workspace has ever been at a relay. */
  wasRelayed(id: WorkspaceId): Promise<boolean>
  currentWorkspace(): Promise<WorkspaceId | undefined>
  setCurrentWorkspace(id: WorkspaceId): Promise<void>
  bookmark(workspace: WorkspaceId, relay: string): Promise<Bookmark | undefined>
  setBookmark(workspace: WorkspaceId, relay: string, bookmark: Bookmark): Promise<void>
  relayMemory(workspace: WorkspaceId, relay: string): Promise<StoredRelayMemory | undefined>
  setRelayMemory(workspace: WorkspaceId, relay: string, memory: StoredRelayMemory): Promise<void>
  /** Small things to remember under a name of one's own; null forgets one. */
  note(name: string): Promise<string | undefined>
  setNote(name: string, text: string | null): Promise<void>
  documents(workspace: WorkspaceId): Promise<Map<DocumentId, StoredDocument>>
  setDocument(workspace: WorkspaceId, document: DocumentId, stored: StoredDocument): Promise<void>
  removeDocument(workspace: WorkspaceId, document: DocumentId): Promise<void>
  close(): void
}

const CURRENT = 'current-workspace'
const REMOVED = 'removed workspace '
const STRICT = { durability: 'strict' } as const

const memoryKey = (workspace: WorkspaceId, relay: string): string => `memory ${workspace} ${relay}`

/** Keys that begin with a text. */
const startingWith = (text: string): IDBKeyRange => IDBKeyRange.bound(text, `${text}\uffff`)

/** Earlier versions kept a list of the members in place of what was said about them. */
const isFormer = (found: Partial<StoredWorkspace>): boolean => found.statements === undefined

/** In the store `keys`. */
const LOCK = 'lock'

type StoreName = (typeof DEVICE_STORES)[number]

const openOrMake = (name: string): Promise<IDBPDatabase<Schema>> =>
  openDB<Schema>(name, DEVICE_DATABASE_VERSION, {
    upgrade: database => {
      for (const store of DEVICE_STORES) database.createObjectStore(store)
    },
  })

const openWhole = async (name: string): Promise<IDBPDatabase<Schema>> => {
  const db = await openOrMake(name)
  if ((await db.getKey('keys', DEVICE_KEYS)) !== undefined || !(await hasCopy(name))) return db
  // The browser ended while it was made anew: it was gone, and what was opened is an empty one.
  db.close()
  await requested(indexedDB.deleteDatabase(name))
  await finishRewriting(name)
  return openOrMake(name)
}

export const openDeviceStore = async (name: string = DEVICE_DATABASE): Promise<DeviceStore> => {
  let db = await openWhole(name)

  const records = createWorkspaceRecords(
    () => db as unknown as ReturnType<Parameters<typeof createWorkspaceRecords>[0]>,
  )

  const put = async <S extends StoreName>(
    store: S,
    key: string,
    value: Schema[S]['value'],
  ): Promise<void> => {
    const transaction = db.transaction(store, 'readwrite', STRICT)
    await Promise.all([transaction.store.put(value, key), transaction.done])
  }

  const removeWorkspace = async (id: WorkspaceId): Promise<void> => {
    const transaction = db.transaction(['workspaces', 'relays', 'documents', 'settings'], 'readwrite', STRICT)
    const remove = async (): Promise<void> => {
      const documents = transaction.objectStore('documents')
      const keys = await documents.getAllKeys(startingWith(`${id}/`))
      const settings = transaction.objectStore('settings')
      const ids = keys.map(key => key.slice(id.length + 1))
      await Promise.all([
        transaction.objectStore('workspaces').delete(id),
        documents.delete(startingWith(`${id}/`)),
        settings.put(JSON.stringify(ids), REMOVED + id),
      ])
      // Whatever other parts keep of a workspace has its id in the key.
      for (const name of ['relays', 'settings'] as const) {
        const store = transaction.objectStore(name)
        for (const key of await store.getAllKeys())
          if (key.includes(id) && key !== REMOVED + id) await store.delete(key)
      }
    }
    await Promise.all([remove(), transaction.done])
  }

  /** Thousands of documents change in a row, so whatever comes during a transaction shares the next one. */
  const writeDocument = createGroupWriter<[string, StoredDocument | null]>(async changes => {
    // A clean mark may be lost, that costs a comparison. That there is none any more must be on disk before an edit.
    const strict = changes.some(([, stored]) => stored !== null && Object.keys(stored.clean).length === 0)
    const transaction = db.transaction('documents', 'readwrite', strict ? STRICT : {})
    const { store } = transaction
    await Promise.all([
      ...changes.map(([key, stored]) => (stored === null ? store.delete(key) : store.put(stored, key))),
      transaction.done,
    ])
  })

  return {
    keys: () => db.get('keys', DEVICE_KEYS) as Promise<StoredKeys | undefined>,
    setKeys: keys => put('keys', DEVICE_KEYS, keys),
    vaultKey: () => db.get('keys', VAULT_KEY) as Promise<StoredKey<CryptoKey> | undefined>,
    addVaultKey: async key => {
      const transaction = db.transaction('keys', 'readwrite', STRICT)
      const add = async (): Promise<void> => {
        if ((await transaction.store.get(VAULT_KEY)) === undefined)
          await transaction.store.put(key, VAULT_KEY)
      }
      await Promise.all([add(), transaction.done])
    },
    lock: () => db.get('keys', LOCK) as Promise<StoredLock | undefined>,
    setLock: lock => put('keys', LOCK, lock),
    setCourier: async courier => {
      if (courier === null) await db.delete('keys', COURIER_KEY)
      else await put('keys', COURIER_KEY, courier)
    },
    useSeal: records.useSeal,
    changeLock: ({ lock, keys, vaultKey, seal }) =>
      records.reseal(seal, async sealed => {
        const transaction = db.transaction(['keys', 'workspaces'], 'readwrite', STRICT)
        const keyStore = transaction.objectStore('keys')
        const workspaces = transaction.objectStore('workspaces')
        const write = async (): Promise<void> => {
          await keyStore.put(keys, DEVICE_KEYS)
          if (vaultKey !== undefined) await keyStore.put(vaultKey, VAULT_KEY)
          await (lock === null ? keyStore.delete(LOCK) : keyStore.put(lock, LOCK))
          for (const [id, record] of sealed) {
            // It may have been removed meanwhile.
            if ((await workspaces.getKey(id)) !== undefined) await workspaces.put(record, id)
          }
        }
        await Promise.all([write(), transaction.done])
      }),
    renew: async () => {
      const content = await readContent(unwrap(db))
      db.close()
      await rewriteDatabase(name, content).finally(async () => {
        db = await openWhole(name)
      })
    },
    workspace: async id => {
      const found = await records.get(id)
      return found && !isFormer(found) ? found : undefined
    },
    workspaces: async () => (await records.all()).filter(found => !isFormer(found)),
    formerWorkspaces: async () => (await records.all()).filter(isFormer).map(({ id }) => id),
    setWorkspace: records.put,
    changeWorkspace: (id, changes) => records.change(id, stored => ({ ...stored, ...changes })),
    removeWorkspace,
    removedDocuments: async () => {
      const range = startingWith(REMOVED)
      const [keys, values] = await Promise.all([
        db.getAllKeys('settings', range),
        db.getAll('settings', range),
      ])
      return new Map(
        keys.map((key, index) => [key.slice(REMOVED.length), JSON.parse(values[index]!) as DocumentId[]]),
      )
    },
    documentsGone: id => db.delete('settings', REMOVED + id),
    wasRelayed: async id => {
      const [stored, keys] = await Promise.all([records.get(id), db.getAllKeys('relays')])
      return (stored?.relays?.length ?? 0) > 0 || keys.some(key => key.includes(id))
    },
    currentWorkspace: () => db.get('settings', CURRENT),
    setCurrentWorkspace: id => put('settings', CURRENT, id),
    bookmark: (workspace, relay) =>
      db.get('relays', `${workspace} ${relay}`) as Promise<Bookmark | undefined>,
    setBookmark: (workspace, relay, bookmark) => put('relays', `${workspace} ${relay}`, bookmark),
    relayMemory: (workspace, relay) =>
      db.get('relays', memoryKey(workspace, relay)) as Promise<StoredRelayMemory | undefined>,
    setRelayMemory: (workspace, relay, memory) => put('relays', memoryKey(workspace, relay), memory),
    note: name => db.get('settings', name),
    setNote: (name, text) => (text === null ? db.delete('settings', name) : put('settings', name, text)),
    documents: async workspace => {
      const range = startingWith(`${workspace}/`)
      const [keys, values] = await Promise.all([
        db.getAllKeys('documents', range),
        db.getAll('documents', range),
      ])
      return new Map(
        keys.map((key, index) => {
          const value = values[index]!
          return [key.slice(workspace.length + 1), isByRelay(value) ? value : { clean: {} }]
        }),
      )
    },
    setDocument: (workspace, document, stored) => writeDocument([`${workspace}/${document}`, stored]),
    removeDocument: (workspace, document) => writeDocument([`${workspace}/${document}`, null]),
    close: () => db.close(),
  }
}
