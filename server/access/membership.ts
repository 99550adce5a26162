import { type Access, judge } from '../../protocol/access/judge.ts'
import { headsDigest, readStatements, type Statement } from '../../protocol/access/statement.ts'
import type { WorkspaceId } from '../../protocol/ids.ts'
import { ok, type Result } from '../../protocol/result.ts'

/** What a relay has heard about who belongs to a workspace, and what it comes to. */
export interface Membership {
  /** In the order in which they came: each after those it builds on. */
  readonly statements: readonly Statement[]
  readonly access: Access
  /** Equal where a device has heard the same. */
  readonly digest: string
}

/** Reads what was stored. Null where nothing was. Errors: `access-invalid`. */
export const readMembership = async (
  workspace: WorkspaceId,
  texts: readonly string[],
): Promise<Result<Membership | null>> => {
  const read = await readStatements(workspace, texts)
  if (!read.ok) return read
  const statements = read.value
  if (statements.length === 0) return ok(null)
  const access = judge(workspace, statements)
  return ok({ statements, access, digest: await headsDigest(access.heads) })
}
