import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { equalBytes, toBase64url } from '../../protocol/bytes.ts'
import { documentBytes, documentFromBytes, type WorkspaceId } from '../../protocol/ids.ts'
import { type Entry, type Mark, STAMP_BYTES } from '../../protocol/relay-messages.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import { createCommitGroup } from './commit-group.ts'
import {
  type Appended,
  type AppendRefusal,
  type AppendRequest,
  type LogEntry,
  type LogStore,
  NOWHERE,
  StoreFailed,
} from './log-store.ts'
import { prepareStatements } from './sqlite-statements.ts'
import type { WriteAheadLog } from './write-ahead-log.ts'

interface Deps {
  /** From `openDatabase`; closed by `close`. */
  readonly database: DatabaseSync
  /** Of that database; closed with it. */
  readonly disk: WriteAheadLog
  readonly clock: Clock
  readonly random: Random
}

const LOG_ID_BYTES = 16

/** All of it for one reason. */
const refuseAll = ({ envelopes }: AppendRequest, at: Mark, code: AppendRefusal): Appended => ({
  from: at,
  to: at,
  entries: [],
  known: [],
  refused: envelopes.map(({ id }) => ({ id, code })),
})

export const createSqliteLogStore = ({ database, disk, clock, random }: Deps): LogStore => {
  const sql = prepareStatements(database)

  const markOf = (row: { head: number; stamp: Uint8Array | null } | undefined): Mark =>
    row?.stamp ? { position: row.head, stamp: toBase64url(row.stamp) } : NOWHERE

  /** FULL: on the disk when it returns. NORMAL: when `disk.sync` was asked for after it. */
  const inTransaction = <T>(work: () => T, synchronous: 'FULL' | 'NORMAL' = 'FULL'): T => {
    try {
      database.exec(`PRAGMA synchronous = ${synchronous}; BEGIN IMMEDIATE`)
      const outcome = work()
      database.exec('COMMIT')
      return outcome
    } catch (error) {
      // A full disk ends the transaction by itself.
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK')
      throw new StoreFailed((error as Error).message, { cause: error })
    }
  }

  const workspaceRow = (id: WorkspaceId) => {
    const row = sql.workspace(id)
    if (!row) throw new StoreFailed('There is no such workspace.')
    return row
  }

  const appendOne = (request: AppendRequest): Appended => {
    const workspace = workspaceRow(request.workspace)
    if (workspace.deleted) return refuseAll(request, NOWHERE, 'workspace-deleted')
    const document = documentBytes(request.document)
    const before = sql.document(workspace.number, document)
    const entries: Entry[] = []
    const known: string[] = []
    const refused: { id: string; code: AppendRefusal }[] = []
    let { head, bytes, stamp } = workspace
    const whyNoRoom = (size: number): AppendRefusal | null => {
      if (!before && workspace.documents >= request.quota.documents) return 'quota-documents'
      return bytes + size > request.quota.bytes ? 'quota-bytes' : null
    }
    for (const envelope of request.envelopes) {
      const { id } = envelope
      const noRoom = whyNoRoom(envelope.bytes.length)
      const drawn = random(STAMP_BYTES)
      if (!noRoom && sql.insertEntry(workspace.number, head + 1, document, id, drawn, envelope.bytes)) {
        head += 1
        bytes += envelope.bytes.length
        stamp = drawn
        entries.push({ position: head, envelope: envelope.bytes })
        known.push(id)
        continue
      }
      const twin = sql.entryById(workspace.number, id)
      const isSame = twin && equalBytes(twin.document, document) && equalBytes(twin.envelope, envelope.bytes)
      if (isSame) known.push(id)
      else refused.push({ id, code: twin ? 'envelope-conflict' : noRoom! })
    }
    const from = markOf(before)
    if (entries.length === 0) return { from, to: from, entries, known, refused }
    sql.setDocument(workspace.number, document, head, stamp!)
    sql.setWorkspace(workspace.number, head, stamp!, bytes, workspace.documents + (before ? 0 : 1))
    return { from, to: markOf({ head, stamp }), entries, known, refused }
  }

  /** All of it or nothing: a snapshot that is refused takes nobody's place. */
  const replaceOne = (request: AppendRequest, replaced: readonly number[]): Appended => {
    const { number, deleted } = workspaceRow(request.workspace)
    const document = documentBytes(request.document)
    const isRepeated = request.envelopes.every(({ id }) => sql.entryById(number, id))
    if (isRepeated || deleted) return appendOne(request)
    const now = clock.now()
    database.exec('SAVEPOINT replacing')
    const isThere = replaced.every(position => sql.replaceEntry(number, position, document, now))
    const outcome = isThere
      ? appendOne(request)
      : refuseAll(request, markOf(sql.document(number, document)), 'replace-conflict')
    database.exec(
      outcome.refused.length > 0 ? 'ROLLBACK TO replacing; RELEASE replacing' : 'RELEASE replacing',
    )
    return outcome
  }

  const group = createCommitGroup<AppendRequest, Appended>({
    commit: requests =>
      inTransaction(
        () =>
          requests.map(request =>
            request.replaced ? replaceOne(request, request.replaced) : appendOne(request),
          ),
        'NORMAL',
      ),
    reachDisk: async () => {
      try {
        await disk.sync()
      } catch (error) {
        // What was written may be gone, and the next attempt would not say so: the file has to be read anew.
        if (database.isOpen) database.close()
        throw new StoreFailed((error as Error).message, { cause: error })
      }
    },
  })

  return {
    find: async id => {
      const row = sql.workspace(id)
      if (!row) return null
      const statements = sql.statements(row.number)
      return { log: row.log, head: markOf(row), statements, deleted: row.deleted === 1 }
    },
    create: async (id, firstStatement) =>
      inTransaction(() => {
        // Of a former version there may be a log without statements: it goes on.
        if (!sql.workspace(id)) sql.insertWorkspace(id, toBase64url(random(LOG_ID_BYTES)))
        sql.insertStatement(workspaceRow(id).number, 0, firstStatement)
      }),
    addStatements: async (id, count, texts, members) =>
      inTransaction(() => {
        const { number } = workspaceRow(id)
        if (sql.countStatements(number) !== count) throw new StoreFailed('Other statements came before.')
        for (const [index, text] of texts.entries()) sql.insertStatement(number, count + index, text)
        for (const { device, data } of sql.slots(number)) {
          if (members.includes(device)) continue
          sql.removeSlot(number, device)
          sql.addBytes(number, -data.length)
        }
      }),
    append: request => group.add(request),
    empty: async id => {
      void group.flush()
      inTransaction(() => sql.empty(workspaceRow(id).number, toBase64url(random(LOG_ID_BYTES))))
    },
    renew: async id => inTransaction(() => sql.renew(workspaceRow(id).number)),
    purge: async (replacedBefore, limit) =>
      inTransaction(() => {
        const rows = sql.replacedEntries(replacedBefore, limit)
        for (const row of rows) sql.purge(row)
        return rows.length
      }),
    mark: async (id, position) => {
      const stamp = sql.stamp(workspaceRow(id).number, position)
      return { position, stamp: stamp ? toBase64url(stamp) : null }
    },
    read: async (id, query) => {
      // Reading blocks the thread: a long history must let others in between its pages.
      await nextTurn()
      const workspace = workspaceRow(id)
      const document = query.document === null ? null : documentBytes(query.document)
      const entries: LogEntry[] = []
      let bytes = 0
      let more = false
      for (const row of sql.entriesAfter(workspace.number, document, query.after, query.maxEntries + 1)) {
        if (entries.length === query.maxEntries || bytes >= query.maxBytes) {
          more = true
          break
        }
        entries.push({
          position: row.position,
          envelope: row.envelope,
          stamp: toBase64url(row.stamp),
          document: documentFromBytes(row.document),
        })
        bytes += row.envelope.length
      }
      const head = markOf(document === null ? workspace : sql.document(workspace.number, document))
      await group.onDisk()
      return { entries, more, head }
    },
    changes: async (id, after, limit) => {
      await nextTurn()
      const workspace = workspaceRow(id)
      const rows = sql.documentsAfter(workspace.number, after, limit + 1)
      const more = rows.length > limit
      const named = rows.slice(0, limit)
      return {
        documents: named.map(row => ({ document: documentFromBytes(row.document), head: row.head })),
        more,
        to: markOf(more ? named.at(-1) : workspace),
      }
    },
    slots: async id => sql.slots(workspaceRow(id).number),
    setSlot: async (id, { device, data }, quotaBytes) =>
      inTransaction(() => {
        const workspace = workspaceRow(id)
        if (workspace.deleted) throw new StoreFailed('The workspace was deleted.')
        const more = data.length - sql.slotBytes(workspace.number, device)
        if (more > 0 && workspace.bytes + more > quotaBytes) return false
        sql.setSlot(workspace.number, device, data)
        sql.addBytes(workspace.number, more)
        return true
      }),
    check: async () => inTransaction(() => {}),
    close: async () => {
      await group.flush()
      disk.close()
      if (database.isOpen) database.close()
    },
  }
}
