import { QueueStore } from 'workbox-background-sync/QueueStore.js'
import { StorableRequest } from 'workbox-background-sync/StorableRequest.js'
import type { WorkspaceId } from '../../protocol/ids.ts'
import { isEntryOf, type OutboxEntry } from '../../protocol/outbox.ts'
import { decodeOutboxEntry } from './outbox-entry.ts'

/** An entry as it was put. A later put of the same id is another version, with a higher number. */
export interface StoredEntry {
  readonly id: string
  readonly version: number
  readonly entry: OutboxEntry
}

/** What no relay has confirmed. Kept until it is removed, however long that takes. */
export interface OutboxStore {
  /** Resolves once the request is committed to the disk; it stands for every older one of its id from then on. */
  put(id: string, request: Request): Promise<void>
  /** Forgets one version; a newer one that came in the meantime stays. */
  removeVersion(version: number): Promise<void>
  remove(id: string): Promise<void>
  /** Forgets all of one workspace. */
  clear(workspace: WorkspaceId): Promise<void>
  /** The newest version of each entry, in the order in which they were put. */
  entries(): Promise<readonly StoredEntry[]>
  count(): Promise<number>
}

type Row = Awaited<ReturnType<QueueStore['getAll']>>[number]

const idOf = (row: Row): string => (row.metadata as { readonly entry: string }).entry

/**
 * The outbox in Workbox's queue, used as a log: a put appends, in one transaction, and the newest row of an id counts.
 * So there is no moment at which neither the old nor the new version is there, and a version's number tells whether
 * what was sent is still what is stored. Rows that newer ones replaced are swept when the log is read next.
 */
export const createOutboxStore = (queue: QueueStore): OutboxStore => {
  /** Versions by id, kept while nothing is put, so that a series of removals reads the log once. */
  let known: Promise<Map<string, number[]>> | null = null

  const readVersions = async (): Promise<Map<string, number[]>> => {
    const versions = new Map<string, number[]>()
    for (const row of await queue.getAll())
      versions.set(idOf(row), [...(versions.get(idOf(row)) ?? []), row.id])
    return versions
  }
  const versions = (): Promise<Map<string, number[]>> => {
    known ??= readVersions().catch(error => {
      known = null // a reading that failed once must not fail for ever
      throw error
    })
    return known
  }

  const newestRows = (rows: readonly Row[]): Row[] => {
    const newest = new Map<string, Row>()
    for (const row of rows) if (row.id > (newest.get(idOf(row))?.id ?? 0)) newest.set(idOf(row), row)
    return [...newest.values()].sort((a, b) => a.id - b.id)
  }

  return {
    put: async (id, request) => {
      const stored = await StorableRequest.fromRequest(request)
      try {
        await queue.pushEntry({
          requestData: stored.toObject(),
          timestamp: Date.now(),
          metadata: { entry: id },
        })
      } finally {
        known = null
      }
    },

    removeVersion: async version => {
      known = null
      await queue.deleteEntry(version)
    },

    remove: async id => {
      const all = await versions()
      for (const version of all.get(id) ?? []) await queue.deleteEntry(version)
      all.delete(id)
    },

    clear: async workspace => {
      known = null
      for (const row of await queue.getAll())
        if (isEntryOf(workspace, idOf(row))) await queue.deleteEntry(row.id)
    },

    entries: async () => {
      const rows = await queue.getAll()
      const newest = newestRows(rows)
      const kept = new Set(newest.map(row => row.id))
      for (const row of rows) if (!kept.has(row.id)) await queue.deleteEntry(row.id)
      return newest.flatMap(row => {
        const decoded = decodeOutboxEntry(
          idOf(row),
          new Uint8Array(row.requestData.body ?? new ArrayBuffer(0)),
        )
        return decoded.ok ? [{ id: idOf(row), version: row.id, entry: decoded.value }] : []
      })
    },

    count: async () => (await versions()).size,
  }
}

export const openOutboxStore = (): OutboxStore => createOutboxStore(new QueueStore('holdfast-outbox'))
