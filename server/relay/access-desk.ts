import type { CheckedList } from '../../protocol/access.ts'
import { isWorkspaceId, type WorkspaceId } from '../../protocol/ids.ts'
import type { AccessAnswer } from '../../protocol/relay-http.ts'
import { type Entrance, UNKNOWN_WORKSPACE } from '../access/entrance.ts'
import { type MakingPolicy, mayMake } from '../access/making-policy.ts'
import { checkList } from '../access/next-list.ts'
import { requireScope, rightsOf } from '../access/rights.ts'
import type { LogStore } from '../log/log-store.ts'
import type { Clock } from '../platform/clock.ts'
import type { Answer } from '../refusal.ts'
import type { Directory } from './directory.ts'
import type { Workspace } from './workspace.ts'

/** Reading and extending a workspace's chain of access lists. */
export interface AccessDesk {
  read(workspace: string, token: string | null): Promise<Answer<AccessAnswer>>
  /** A list proves itself, so no token is asked for. The first one makes the workspace. */
  write(workspace: string, text: string, operatorCode: string | null): Promise<Answer<Written>>
}

interface Written {
  readonly generation: number
  /** Whether the workspace was made by this. */
  readonly made: boolean
}

interface Deps {
  readonly store: LogStore
  readonly directory: Directory
  readonly entrance: Entrance
  readonly clock: Pick<Clock, 'now'>
  readonly making: MakingPolicy
  readonly answering: <T>(work: () => Promise<Answer<T>>) => Promise<Answer<T>>
}

export const createAccessDesk = (deps: Deps): AccessDesk => {
  const { store, directory } = deps
  /** Two lists at once must not both follow the same one. They are rare, so one line for all will do. */
  let line: Promise<unknown> = Promise.resolve()
  const inLine = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = line.then(work)
    line = mine.catch(() => {}) // its caller gets the failure; the next in line goes on
    return mine
  }

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

  return {
    read: (id, tokenText) =>
      deps.answering(async () => {
        const entered = await deps.entrance(id, tokenText)
        if (!entered.ok) return entered
        return directory.use(entered.value.workspace, async (workspace): Promise<Answer<AccessAnswer>> => {
          if (workspace === null) return UNKNOWN_WORKSPACE
          const rights = rightsOf(workspace.newest().list, entered.value.token, deps.clock.now() / 1000)
          if (!rights.ok) return rights
          const scope = requireScope(rights.value, 'read', 'join')
          if (!scope.ok) return scope
          return { ok: true, value: { lists: workspace.chain().map(list => list.text) } }
        })
      }),
    write: (id, text, code) =>
      deps.answering(async () => {
        if (!isWorkspaceId(id)) return UNKNOWN_WORKSPACE
        return inLine(() => directory.use(id, workspace => place(id, workspace, text, code)))
      }),
  }
}

const written = (generation: number, made: boolean): Answer<Written> => ({
  ok: true,
  value: { generation, made },
})
