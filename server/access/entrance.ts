import { isWorkspaceId, type WorkspaceId } from '../../protocol/ids.ts'
import { checkToken, type Token } from '../../protocol/token.ts'
import type { Clock } from '../platform/clock.ts'
import { type Answer, refuse, refuseAs } from '../refusal.ts'

/** Checks what a client shows at the door, before the workspace is looked at. */
export type Entrance = (
  workspace: string,
  token: string | null,
) => Promise<Answer<{ readonly workspace: WorkspaceId; readonly token: Token }>>

export const UNKNOWN_WORKSPACE = refuse('unknown-workspace', 'This relay does not have the workspace.')

interface Deps {
  readonly clock: Pick<Clock, 'now'>
  /** Origins under which clients reach this relay: a token for another relay is worth nothing here. */
  readonly audiences: () => readonly string[]
}

export const createEntrance = ({ clock, audiences }: Deps): Entrance => {
  const expired = refuse('token-expired', 'The token has run out. Check the clock of this device.')
  return async (workspace, text) => {
    if (!isWorkspaceId(workspace)) return UNKNOWN_WORKSPACE
    if (text === null) return refuse('token-missing', 'A token is needed to use this workspace.')
    const checked = await checkToken(text, { workspace, audiences: audiences(), now: clock.now() / 1000 })
    if (checked.ok) return { ok: true, value: { workspace, token: checked.value } }
    return checked.error.code === 'token-expired' ? expired : refuseAs('token-invalid', checked)
  }
}
