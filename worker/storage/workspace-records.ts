import type { IDBPDatabase } from 'idb'
import type { WorkspaceId } from '../../protocol/ids.ts'
import { createInTurn } from '../in-turn.ts'
import type { DatabaseSeal } from './database-seal.ts'
import type { StoredWorkspace } from './stored-workspace.ts'

/**
 * What is stored of each workspace: its name and an operator's code among it, so with the device lock on it is sealed.
 * Sealing takes its time, which a transaction of IndexedDB does not wait for: writes are done one after another.
 */
export interface WorkspaceRecords {
  get(id: WorkspaceId): Promise<StoredWorkspace | undefined>
  all(): Promise<readonly StoredWorkspace[]>
  put(workspace: StoredWorkspace): Promise<void>
  /** Nothing where it is not there any more. */
  change(id: WorkspaceId, next: (stored: StoredWorkspace) => StoredWorkspace): Promise<void>
  /** They are sealed by this from now on; null: not at all. */
  useSeal(seal: DatabaseSeal | null): void
  /** Has all of them written in another form, in one with what `write` does; rejects as it does. */
  reseal(
    seal: DatabaseSeal | null,
    write: (records: readonly (readonly [WorkspaceId, StoredRecord])[]) => Promise<void>,
  ): Promise<void>
}

/** As it lies on the disk. */
export type StoredRecord = StoredWorkspace | Uint8Array

const STORE = 'workspaces'
const STRICT = { durability: 'strict' } as const

export const createWorkspaceRecords = (
  database: () => IDBPDatabase<{ workspaces: { key: string; value: StoredRecord } }>,
): WorkspaceRecords => {
  let seal: DatabaseSeal | null = null
  const inTurn = createInTurn()
  const name = (id: WorkspaceId): string => `workspace ${id}`
  const open = async (id: WorkspaceId, record: StoredRecord): Promise<StoredWorkspace> => {
    if (!(record instanceof Uint8Array)) return record
    if (seal === null) throw new Error('The device is locked.')
    return (await seal.openValue(name(id), record)) as StoredWorkspace
  }
  const close = (stored: StoredWorkspace, by = seal): Promise<StoredRecord> =>
    by === null ? Promise.resolve(stored) : by.sealValue(name(stored.id), stored)

  const all = async (): Promise<StoredWorkspace[]> => {
    const [ids, records] = await Promise.all([database().getAllKeys(STORE), database().getAll(STORE)])
    return Promise.all(records.map((record, index) => open(ids[index] as WorkspaceId, record)))
  }

  return {
    get: async id => {
      const record = await database().get(STORE, id)
      return record && open(id, record)
    },
    all,
    put: workspace =>
      inTurn(async () => {
        const record = await close(workspace)
        const transaction = database().transaction(STORE, 'readwrite', STRICT)
        await Promise.all([transaction.store.put(record, workspace.id), transaction.done])
      }),
    change: (id, next) =>
      inTurn(async () => {
        const before = await database().get(STORE, id)
        if (before === undefined) return
        const record = await close(next(await open(id, before)))
        const transaction = database().transaction(STORE, 'readwrite', STRICT)
        const change = async (): Promise<void> => {
          // It may have been removed meanwhile.
          if ((await transaction.store.getKey(id)) !== undefined) await transaction.store.put(record, id)
        }
        await Promise.all([change(), transaction.done])
      }),
    useSeal: next => {
      seal = next
    },
    reseal: (next, write) =>
      inTurn(async () => {
        const stored = await all()
        await write(await Promise.all(stored.map(async one => [one.id, await close(one, next)] as const)))
        seal = next
      }),
  }
}
