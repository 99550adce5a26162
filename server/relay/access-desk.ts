import type { CheckedList } from '../../protocol/access.ts'
import { isWorkspaceId, type WorkspaceId } from '../../protocol/ids.ts'
import type { AccessAnswer } from '../../protocol/relay-http.ts'
import { type AllowList, mayBeServed } from '../access/allow-list.ts'
import { UNKNOWN_WORKSPACE, WORKSPACE_DELETED } from '../access/entrance.ts'
import { type MakingPolicy, mayMake } from '../access/making-policy.ts'
import { checkList } from '../access/next-list.ts'
import type { LogStore } from '../log/log-store.ts'
import type { Answer } from '../refusal.ts'
import type { AsMember } from './as-member.ts'
import type { Directory } from './directory.ts'
import type { InLine } from './in-line.ts'
import type { Workspace } from './workspace.ts'

/** Reading and extending a workspace's chain of access lists. */
export interface AccessDesk {
  read(workspace: string, token: string | null): Promise<Answer<AccessAnswer>>
  /**
   * A list proves itself, so no token is asked for. The first one makes the workspace. Only to a workspace that was
   * deleted from this relay an owner's token opens the way again.
   */
  write(
    workspace: string,
    text: string,
    operatorCode: string | null,
    token?: string | null,
  ): Promise<Answer<Written>>
}

interface Written {
  readonly generation: number
  /** Whether the workspace was made by this, for the first time or anew. */
  readonly made: boolean
}

interface Deps {
  readonly store: LogStore
  readonly directory: Directory
  readonly asMember: AsMember
  /** Two lists at once must not both follow the same one. They are rare, so one line for all workspaces will do. */
  readonly inLine: InLine
  readonly making: MakingPolicy
  readonly allowList: AllowList | null
  readonly answering: <T>(work: () => Promise<Answer<T>>) => Promise<Answer<T>>
}

export const createAccessDesk = (deps: Deps): AccessDesk => {
  const { store, directory } = deps

  const place = async (id: WorkspaceId, workspace: Workspace | null, text: string, code: string | null) => {
    const chain: readonly CheckedList[] = workspace?.chain() ?? []
    const allowed: Answer<null> = workspace === null ? mayMake(deps.making, code) : { ok: true, value: null }
    const checked = await checkList(id, chain, text)
    // Whoever sends a later list of an unknown workspace must learn that first, so that it begins with the first.
    if (!checked.ok && checked.error.code === 'unknown-workspace') return checked
    if (!allowed.ok) return allowed
    if (!checked.ok) return checked
    const { news } = checked.value
    if (news === null) {
      const stored = chain.find(list => list.text === text)!
      return written(stored.list.gen, false)
    }
    if (workspace === null) await store.create(id, text)
    else {
      await store.addList(id, news.list.gen, text, Object.keys(news.list.members))
      workspace.extend(news)
    }
    return written(news.list.gen, workspace === null)
  }

  /** Whether a deleted workspace may be used again, which is for its owners to say. */
  const renew = async (id: WorkspaceId, token: string | null): Promise<Answer<boolean>> => {
    const isDeleted = await directory.use(id, async workspace => workspace?.isDeleted() ?? false)
    if (!isDeleted) return { ok: true, value: false }
    if (token === null) return WORKSPACE_DELETED
    return deps.asMember(id, token, ['admin'], async () => {
      await store.renew(id)
      directory.forget(id)
      return { ok: true, value: true }
    })
  }

  return {
    read: (id, token) =>
      deps.answering(() =>
        deps.asMember(id, token, ['read', 'join'], async workspace => ({
          ok: true,
          value: { lists: workspace.chain().map(list => list.text) },
        })),
      ),
    write: (id, text, code, token = null) =>
      deps.answering(async () => {
        if (!isWorkspaceId(id)) return UNKNOWN_WORKSPACE
        const served = mayBeServed(deps.allowList, id)
        if (!served.ok) return served
        return deps.inLine(async () => {
          const renewed = await renew(id, token)
          if (!renewed.ok) return renewed
          const placed = await directory.use(id, workspace => place(id, workspace, text, code))
          return placed.ok && renewed.value ? written(placed.value.generation, true) : placed
        })
      }),
  }
}

const written = (generation: number, made: boolean): Answer<Written> => ({
  ok: true,
  value: { generation, made },
})
