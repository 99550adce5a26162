import type { WorkspaceId } from '../../protocol/ids.ts'
import { ok, type Result } from '../../protocol/result.ts'
import { type Membership, readMembership } from './membership.ts'

/** Statements in memory for workspaces that nobody uses at the moment. */
const KEPT_STATEMENTS = 20_000

/** Reads what was stored about members. Errors: `access-invalid`. */
export type ReadMembership = (
  workspace: WorkspaceId,
  texts: readonly string[],
) => Promise<Result<Membership | null>>

/**
 * Remembers what it read last: checking thousands of signatures again for whoever knocks would let anybody keep the
 * relay busy.
 */
export const createKnownMemberships = (): ReadMembership => {
  const known = new Map<WorkspaceId, Membership>()

  const remember = (workspace: WorkspaceId, membership: Membership): void => {
    known.delete(workspace)
    known.set(workspace, membership)
    let count = [...known.values()].reduce((sum, { statements }) => sum + statements.length, 0)
    for (const [oldest, { statements }] of known) {
      if (count <= KEPT_STATEMENTS) return
      known.delete(oldest)
      count -= statements.length
    }
  }

  return async (workspace, texts) => {
    const before = known.get(workspace)
    const isSame =
      before?.statements.length === texts.length &&
      before.statements.every(({ text }, index) => text === texts[index])
    const read = isSame ? ok(before) : await readMembership(workspace, texts)
    if (read.ok && read.value !== null) remember(workspace, read.value)
    return read
  }
}
