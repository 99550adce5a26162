import { equalBytes, toBase64url } from '../../protocol/bytes.ts'
import type { DeviceId, DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import { type Entry, type Mark, STAMP_BYTES } from '../../protocol/relay-messages.ts'
import { createCommitGroup } from '../../server/log/commit-group.ts'
import {
  type Appended,
  type AppendRefusal,
  type AppendRequest,
  type LogEntry,
  type LogStore,
  NOWHERE,
  StoreFailed,
} from '../../server/log/log-store.ts'
import type { Clock } from '../../server/platform/clock.ts'
import type { Random } from '../../server/platform/random.ts'

interface StoredEntry extends LogEntry {
  readonly id: string
  readonly replaced: number | null
  readonly purged: boolean
}

interface StoredLog {
  readonly log: string
  readonly statements: readonly string[]
  /** Position n is at index n - 1. A purged entry has no bytes left. */
  readonly entries: readonly StoredEntry[]
  readonly slots: ReadonlyMap<DeviceId, Uint8Array>
  readonly deleted: boolean
}

/** What outlives a relay's process. The logs are never changed in place, so that a snapshot is a copy of the map. */
export interface MemoryDisk {
  readonly logs: Map<WorkspaceId, StoredLog>
  /** Whether commits fail for want of space. */
  full: boolean
  /** A backup: calling it puts the disk back to this moment. */
  snapshot(): () => void
}

export const createMemoryDisk = (): MemoryDisk => {
  const logs = new Map<WorkspaceId, StoredLog>()
  return {
    logs,
    full: false,
    snapshot: () => {
      const kept = new Map(logs)
      return () => {
        logs.clear()
        for (const [id, log] of kept) logs.set(id, log)
      }
    },
  }
}

export interface MemoryLogStore extends LogStore {
  /** The process dies: what was not committed is gone, and this store with it. Open another on the same disk. */
  crash(): void
}

const DISK_MS = 1

interface Deps {
  readonly disk: MemoryDisk
  readonly clock: Clock
  readonly random: Random
}

/** What counts against the quota. */
const bytesOf = (log: StoredLog): number =>
  log.entries.reduce((sum, entry) => sum + entry.envelope.length, 0) +
  [...log.slots.values()].reduce((sum, slot) => sum + slot.length, 0)

const refuseAll = ({ envelopes }: AppendRequest, at: Mark, code: AppendRefusal): Appended => ({
  from: at,
  to: at,
  entries: [],
  known: [],
  refused: envelopes.map(({ id }) => ({ id, code })),
})

export const createMemoryLogStore = ({ disk, clock, random }: Deps): MemoryLogStore => {
  let over = false

  const anEmptyLog = (): StoredLog => ({
    log: toBase64url(random(16)),
    statements: [],
    entries: [],
    slots: new Map(),
    deleted: false,
  })

  const commit = <T>(work: (staged: Map<WorkspaceId, StoredLog>) => T): T => {
    if (over) throw new StoreFailed('The store is closed.')
    const staged = new Map<WorkspaceId, StoredLog>()
    const outcome = work(staged)
    if (disk.full) throw new StoreFailed('The disk is full.')
    for (const [id, log] of staged) disk.logs.set(id, log)
    return outcome
  }

  const logOf = (id: WorkspaceId, staged?: Map<WorkspaceId, StoredLog>): StoredLog => {
    if (over) throw new StoreFailed('The store is closed.')
    const log = staged?.get(id) ?? disk.logs.get(id)
    if (!log) throw new StoreFailed('There is no such workspace.')
    return log
  }

  const headOf = (entries: readonly LogEntry[], document: DocumentId | null = null): Mark => {
    const last = entries.findLast(entry => document === null || entry.document === document)
    return last ? { position: last.position, stamp: last.stamp } : NOWHERE
  }

  const appendOne = (request: AppendRequest, staged: Map<WorkspaceId, StoredLog>): Appended => {
    const { document, quota } = request
    const log = logOf(request.workspace, staged)
    if (log.deleted) return refuseAll(request, NOWHERE, 'workspace-deleted')
    const all = [...log.entries]
    const from = headOf(all, document)
    const entries: Entry[] = []
    const known: string[] = []
    const refused: { id: string; code: AppendRefusal }[] = []
    for (const { id, bytes } of request.envelopes) {
      const twin = all.find(entry => entry.id === id)
      const stored = bytesOf({ ...log, entries: all })
      const documents = new Set(all.map(entry => entry.document)).add(document).size
      if (twin && twin.document === document && equalBytes(twin.envelope, bytes)) known.push(id)
      else if (twin) refused.push({ id, code: 'envelope-conflict' })
      else if (documents > quota.documents) refused.push({ id, code: 'quota-documents' })
      else if (stored + bytes.length > quota.bytes) refused.push({ id, code: 'quota-bytes' })
      else {
        const position = all.length + 1
        all.push({
          position,
          document,
          id,
          envelope: bytes,
          stamp: toBase64url(random(STAMP_BYTES)),
          replaced: null,
          purged: false,
        })
        entries.push({ position, envelope: bytes })
        known.push(id)
      }
    }
    staged.set(request.workspace, { ...log, entries: all })
    return { from, to: headOf(all, document), entries, known, refused }
  }

  const replaceOne = (
    request: AppendRequest,
    replaced: readonly number[],
    staged: Map<WorkspaceId, StoredLog>,
  ): Appended => {
    const log = logOf(request.workspace, staged)
    const { document } = request
    if (log.deleted || request.envelopes.every(({ id }) => log.entries.some(entry => entry.id === id)))
      return appendOne(request, staged)
    const isThere = (position: number): boolean => {
      const entry = log.entries[position - 1]
      return entry?.document === document && entry.replaced === null
    }
    const at = headOf(log.entries, document)
    if (!replaced.every(isThere) || new Set(replaced).size < replaced.length)
      return refuseAll(request, at, 'replace-conflict')
    const gone = new Set(replaced)
    const entries = log.entries.map(entry =>
      gone.has(entry.position) ? { ...entry, replaced: clock.now() } : entry,
    )
    staged.set(request.workspace, { ...log, entries })
    const outcome = appendOne(request, staged)
    if (outcome.refused.length > 0) staged.set(request.workspace, log)
    return outcome
  }

  const group = createCommitGroup<AppendRequest, Appended>({
    commit: requests =>
      commit(staged =>
        requests.map(request =>
          request.replaced ? replaceOne(request, request.replaced, staged) : appendOne(request, staged),
        ),
      ),
    // What was committed can be read by now, and outlives the process.
    reachDisk: () => new Promise(reached => clock.after(DISK_MS, reached)),
  })

  return {
    find: async id => {
      const log = disk.logs.get(id)
      if (!log) return null
      return { log: log.log, head: headOf(log.entries), statements: log.statements, deleted: log.deleted }
    },
    create: async (id, firstStatement) =>
      commit(staged => {
        if (disk.logs.has(id)) throw new StoreFailed('The workspace exists.')
        staged.set(id, { ...anEmptyLog(), statements: [firstStatement] })
      }),
    addStatements: async (id, count, texts, members) =>
      commit(staged => {
        const log = logOf(id)
        if (count !== log.statements.length) throw new StoreFailed('Other statements came before.')
        const slots = new Map([...log.slots].filter(([device]) => members.includes(device)))
        staged.set(id, { ...log, statements: [...log.statements, ...texts], slots })
      }),
    empty: async id => {
      void group.flush()
      commit(staged => staged.set(id, { ...anEmptyLog(), statements: logOf(id).statements, deleted: true }))
    },
    renew: async id => commit(staged => void staged.set(id, { ...logOf(id), deleted: false })),
    slots: async id => [...logOf(id).slots].map(([device, data]) => ({ device, data })),
    setSlot: async (id, { device, data }, quotaBytes) =>
      commit(staged => {
        const log = logOf(id)
        if (log.deleted) throw new StoreFailed('The workspace was deleted.')
        const more = data.length - (log.slots.get(device)?.length ?? 0)
        if (more > 0 && bytesOf(log) + more > quotaBytes) return false
        staged.set(id, { ...log, slots: new Map(log.slots).set(device, data) })
        return true
      }),
    append: request => group.add(request),
    purge: async (replacedBefore, limit) =>
      commit(staged => {
        let left = limit
        for (const [id, log] of disk.logs) {
          const entries = log.entries.map(entry => {
            const isDue = entry.replaced !== null && entry.replaced < replacedBefore && !entry.purged
            if (!isDue || left === 0) return entry
            left -= 1
            return { ...entry, envelope: new Uint8Array(0), id: '', purged: true }
          })
          staged.set(id, { ...log, entries })
        }
        return limit - left
      }),
    mark: async (id, position) => ({ position, stamp: logOf(id).entries[position - 1]?.stamp ?? null }),
    read: async (id, { document, after, maxEntries, maxBytes }) => {
      const all = logOf(id).entries
      const entries: LogEntry[] = []
      let bytes = 0
      let more = false
      for (const entry of all.slice(after)) {
        if (entry.replaced !== null || (document !== null && entry.document !== document)) continue
        more = entries.length === maxEntries || bytes >= maxBytes
        if (more) break
        entries.push(entry)
        bytes += entry.envelope.length
      }
      await group.onDisk()
      return { entries, more, head: headOf(all, document) }
    },
    changes: async (id, after, limit) => {
      const all = logOf(id).entries
      const heads = [...new Set(all.map(entry => entry.document))]
        .map(document => ({ document, mark: headOf(all, document) }))
        .filter(({ mark }) => mark.position > after)
        .sort((a, b) => a.mark.position - b.mark.position)
      const named = heads.slice(0, limit)
      const more = heads.length > limit
      return {
        documents: named.map(({ document, mark }) => ({ document, head: mark.position })),
        more,
        to: more ? named.at(-1)!.mark : headOf(all),
      }
    },
    check: async () => {
      if (disk.full) throw new StoreFailed('The disk is full.')
    },
    close: async () => {
      await group.flush()
      over = true
    },
    crash: () => {
      over = true
    },
  }
}
