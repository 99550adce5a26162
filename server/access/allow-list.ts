import { readFileSync } from 'node:fs'
import { isWorkspaceId, type WorkspaceId } from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { type Answer, refuse } from '../refusal.ts'

/** The workspaces that the operator has named. */
export interface AllowList {
  isNamed(workspace: WorkspaceId): boolean
  /** Reads the file again. Errors: `bad-allow-list`; what was named before stays so then. */
  reread(): Result<null>
}

/** Where the operator names them: a workspace needs to stand in one of the two. */
export interface AllowListSource {
  readonly ids: readonly WorkspaceId[]
  /** A file with one id on each line; what follows a `#` is a note for people. */
  readonly path: string | null
}

/** Thrown where the list cannot be read when the relay starts. The message is for the person who runs it. */
export class BadAllowList extends Error {}

const readLines = (path: string): Result<readonly string[]> => {
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return ok(lines.map(line => line.replace(/#.*/, '').trim()).filter(line => line !== ''))
  } catch (error) {
    return fail('bad-allow-list', `The list of workspaces cannot be read: ${(error as Error).message}.`)
  }
}

export const openAllowList = ({ ids, path }: AllowListSource): AllowList => {
  let named: ReadonlySet<WorkspaceId> = new Set()

  const reread = (): Result<null> => {
    const lines = path === null ? ok([]) : readLines(path)
    if (!lines.ok) return lines
    const wrong = lines.value.find(line => !isWorkspaceId(line))
    if (wrong !== undefined)
      return fail('bad-allow-list', `${path} has "${wrong}", which is no id of a workspace (43 characters).`)
    named = new Set([...ids, ...lines.value])
    return ok(null)
  }

  const read = reread()
  if (!read.ok) throw new BadAllowList(read.error.message)
  return { isNamed: workspace => named.has(workspace), reread }
}

/** Whether a workspace is served at all; `null` serves all. The sentence names the id, which is what the operator needs. */
export const mayBeServed = (allowList: AllowList | null, workspace: WorkspaceId): Answer<null> =>
  allowList === null || allowList.isNamed(workspace)
    ? { ok: true, value: null }
    : refuse(
        'not-listed',
        `This relay serves only workspaces that whoever runs it has listed. Give them the id of this one: ${workspace}.`,
      )
