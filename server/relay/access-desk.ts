import type { Statement } from '../../protocol/access/statement.ts'
import { isWorkspaceId, type WorkspaceId } from '../../protocol/ids.ts'
import { MAX_STATEMENT_BYTES } from '../../protocol/limits.ts'
import { decodeStatements } from '../../protocol/relay-bodies.ts'
import type { AccessAnswer, AccessWritten } from '../../protocol/relay-http.ts'
import { type AllowList, mayBeServed } from '../access/allow-list.ts'
import { type Entrance, UNKNOWN_WORKSPACE, WORKSPACE_DELETED, WORKSPACE_ENDED } from '../access/entrance.ts'
import { hear } from '../access/hear.ts'
import { type MakingPolicy, mayMake } from '../access/making-policy.ts'
import type { Membership } from '../access/membership.ts'
import { createPatience } from '../access/patience.ts'
import type { LogStore } from '../log/log-store.ts'
import type { Clock } from '../platform/clock.ts'
import { type Answer, refuse, refuseAs } from '../refusal.ts'
import type { Answering } from './answering.ts'
import type { AsMember } from './as-member.ts'
import type { Directory } from './directory.ts'
import type { InLine } from './in-line.ts'
import type { Workspace } from './workspace.ts'

/** Reading what is said about a workspace's members, and adding to it. */
export interface AccessDesk {
  /** Whoever was removed gets what was said up to that. */
  read(workspace: string, token: string | null): Promise<Answer<AccessAnswer>>
  /**
   * A statement proves itself, so no token is asked for. The first one makes the workspace. Only to a workspace that was
   * deleted from this relay an owner's token opens the way again. `said` is one statement, refused as any request is,
   * or what `encodeStatements` makes of several, where each is taken or refused for itself.
   */
  write(
    workspace: string,
    said: string | Uint8Array,
    operatorCode: string | null,
    token?: string | null,
  ): Promise<Written>
}

/** `made`: the workspace was made by this, for the first time or anew. */
type Written = Answer<AccessWritten> & { readonly made?: boolean }

interface Deps {
  readonly store: LogStore
  readonly directory: Directory
  readonly asMember: AsMember
  readonly entrance: Entrance
  readonly clock: Pick<Clock, 'now'>
  /** What is heard at once must not miss each other. It is little, so one line for all workspaces will do. */
  readonly inLine: InLine
  readonly making: MakingPolicy
  readonly allowList: AllowList | null
  readonly answering: Answering
}

export const createAccessDesk = (deps: Deps): AccessDesk => {
  const { store, directory } = deps
  const patience = createPatience(deps.clock)

  const make = async (id: WorkspaceId, [first, ...others]: readonly Statement[], { access }: Membership) => {
    await store.create(id, first!.text)
    if (others.length > 0) await store.addStatements(id, 1, others.map(textOf), [...access.devices.keys()])
  }

  const extend = async (workspace: Workspace, taken: readonly Statement[], membership: Membership) => {
    const { statements } = workspace.membership()
    const { access } = membership
    await store.addStatements(workspace.id, statements.length, taken.map(textOf), [...access.devices.keys()])
    workspace.extend(membership)
  }

  /** What was deleted for everyone is deleted here. */
  const letGo = async (workspace: Workspace): Promise<void> => {
    await workspace.remove()
    directory.forget(workspace.id)
  }

  const place = async (
    id: WorkspaceId,
    workspace: Workspace | null,
    texts: readonly string[],
    code: string | null,
  ): Promise<Written> => {
    // Before the statements are looked at: whoever has no code is to learn nothing here, and takes nobody's time.
    const allowed: Answer<null> = workspace === null ? mayMake(deps.making, code) : { ok: true, value: null }
    if (!allowed.ok) return allowed
    const heard = await hear(id, workspace?.membership() ?? null, texts, patience)
    if (!heard.ok) return heard
    const { membership, taken, refused } = heard.value
    if (membership === null) return { ok: false, error: refused[0] ?? NOTHING_SAID }
    if (workspace === null) await make(id, taken, membership)
    else if (taken.length > 0) await extend(workspace, taken, membership)
    const { access, digest } = membership
    if (workspace !== null && access.ended) await letGo(workspace)
    return {
      ok: true,
      value: { generation: access.gen, access: digest, refused },
      made: workspace === null,
    }
  }

  /** Lets a deleted workspace be used again, which is for its owners to say. */
  const renew = async ({ id, membership }: Workspace, token: string | null): Promise<Answer<null>> => {
    if (membership().access.ended) return WORKSPACE_ENDED
    if (token === null) return WORKSPACE_DELETED
    return deps.asMember(id, token, ['admin'], async () => {
      await store.renew(id)
      directory.forget(id)
      return { ok: true, value: null }
    })
  }

  const write = async (
    id: WorkspaceId,
    texts: readonly string[],
    code: string | null,
    token: string | null,
  ): Promise<Written> => {
    const placed = await directory.use(id, async (workspace): Promise<Written | null> => {
      if (!workspace?.isDeleted()) return place(id, workspace, texts, code)
      const renewed = await renew(workspace, token)
      return renewed.ok ? null : renewed
    })
    if (placed !== null) return placed
    const again = await directory.use(id, workspace => place(id, workspace, texts, code))
    return again.ok ? { ...again, made: true } : again
  }

  /** Whoever was removed may know it: all up to there, which they had heard or were to hear, and nothing since. */
  const readAsFormer = async (
    id: WorkspaceId,
    token: string | null,
    refused: Answer<AccessAnswer>,
  ): Promise<Answer<AccessAnswer>> => {
    const entered = await deps.entrance(id, token)
    if (!entered.ok) return entered
    return directory.use(id, async workspace => {
      const { statements = [], access } = workspace?.membership() ?? {}
      const removal = statements.findIndex(
        ({ hash, acts }) =>
          access?.standing.has(hash) &&
          acts.some(act => act.do === 'remove' && act.devices.includes(entered.value.token.signer)),
      )
      return removal < 0 ? refused : answer(statements.slice(0, removal + 1))
    })
  }

  return {
    read: (id, token) =>
      deps.answering(async () => {
        const read = await deps.asMember(id, token, ['read', 'join'], async workspace =>
          answer(workspace.membership().statements),
        )
        return !read.ok && read.error.code === 'not-a-member' ? readAsFormer(id, token, read) : read
      }),
    write: (id, said, code, token = null) =>
      deps.answering(async (): Promise<Written> => {
        if (!isWorkspaceId(id)) return UNKNOWN_WORKSPACE
        const served = mayBeServed(deps.allowList, id)
        if (!served.ok) return served
        const texts = textsIn(said)
        if (!texts.ok) return texts
        const written = await deps.inLine(() => write(id, texts.value, code, token))
        const refusal = typeof said === 'string' && written.ok ? written.value.refused[0] : undefined
        return refusal ? refuse(refusal.code, refusal.message) : written
      }),
  }
}

const textOf = ({ text }: Statement): string => text

const answer = (statements: readonly Statement[]): Answer<AccessAnswer> => ({
  ok: true,
  value: { statements: statements.map(textOf) },
})

const textsIn = (said: string | Uint8Array): Answer<readonly string[]> => {
  if (typeof said !== 'string') return refuseAs('malformed', decodeStatements(said))
  if (said.length <= MAX_STATEMENT_BYTES) return { ok: true, value: [said] }
  return refuse('too-large', 'The statement is larger than this relay takes.')
}

const NOTHING_SAID = { code: 'malformed', message: 'The body holds no statement.' } as const
