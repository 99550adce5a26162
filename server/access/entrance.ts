import { isWorkspaceId, type WorkspaceId } from '../../protocol/ids.ts'
import { blamesClock } from '../../protocol/relay-messages.ts'
import { checkToken, type Token } from '../../protocol/token.ts'
import type { Clock } from '../platform/clock.ts'
import { type Answer, refuse } from '../refusal.ts'
import { type AllowList, mayBeServed } from './allow-list.ts'

export const WORKSPACE_ENDED = refuse(
  'workspace-deleted',
  'An owner deleted the workspace for everyone. What is on your devices is still there.',
)

/** Checks what a client shows at the door, before the workspace is looked at. */
export type Entrance = (
  workspace: string,
  token: string | null,
) => Promise<Answer<{ readonly workspace: WorkspaceId; readonly token: Token }>>

export const UNKNOWN_WORKSPACE = refuse('unknown-workspace', 'This relay does not have the workspace.')
export const WORKSPACE_DELETED = refuse(
  'workspace-deleted',
  'An owner deleted the workspace from this relay. What is on your devices is still there.',
)

interface Deps {
  readonly clock: Pick<Clock, 'now'>
  /** Origins under which clients reach this relay: a token for another relay is worth nothing here. */
  readonly audiences: () => readonly string[]
  /** Null where every workspace is served. */
  readonly allowList: AllowList | null
}

export const createEntrance = ({ clock, audiences, allowList }: Deps): Entrance => {
  return async (workspace, text) => {
    if (!isWorkspaceId(workspace)) return UNKNOWN_WORKSPACE
    const served = mayBeServed(allowList, workspace)
    if (!served.ok) return served
    if (text === null) return refuse('token-missing', 'A token is needed to use this workspace.')
    const checked = await checkToken(text, { workspace, audiences: audiences(), now: clock.now() / 1000 })
    if (checked.ok) return { ok: true, value: { workspace, token: checked.value } }
    const { code, message } = checked.error
    return refuse(blamesClock(code) ? code : 'token-invalid', message)
  }
}
