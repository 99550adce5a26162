import type { Scope } from '../../protocol/token.ts'
import { type Entrance, UNKNOWN_WORKSPACE } from '../access/entrance.ts'
import { requireScope, rightsOf } from '../access/rights.ts'
import type { Clock } from '../platform/clock.ts'
import type { Answer } from '../refusal.ts'
import type { Directory } from './directory.ts'
import type { Workspace } from './workspace.ts'

/** Does work in a workspace for whoever shows a token that has one of the scopes there now. */
export type AsMember = <T>(
  workspace: string,
  token: string | null,
  anyOf: readonly Scope[],
  work: (workspace: Workspace) => Promise<Answer<T>>,
) => Promise<Answer<T>>

interface Deps {
  readonly directory: Directory
  readonly entrance: Entrance
  readonly clock: Pick<Clock, 'now'>
}

export const createAsMember =
  ({ directory, entrance, clock }: Deps): AsMember =>
  async (id, tokenText, anyOf, work) => {
    const entered = await entrance(id, tokenText)
    if (!entered.ok) return entered
    return directory.use(entered.value.workspace, async workspace => {
      if (workspace === null) return UNKNOWN_WORKSPACE
      const rights = rightsOf(workspace.membership().access, entered.value.token, clock.now() / 1000)
      if (!rights.ok) return rights
      const allowed = requireScope(rights.value, ...anyOf)
      return allowed.ok ? work(workspace) : allowed
    })
  }
