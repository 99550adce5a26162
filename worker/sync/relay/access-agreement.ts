import type { Result } from '../../../protocol/result.ts'
import { ok } from '../../../protocol/result.ts'
import type { Workspace } from '../../workspace/workspace.ts'
import type { RelayHttp } from './relay-http.ts'

interface Deps {
  readonly workspace: Workspace
  readonly http: RelayHttp
  /** For a relay that asks for one before it makes a workspace. */
  readonly operatorCode: string | null
  readonly token: () => Promise<string>
  /** There are newer lists than ours, and they could not be had. */
  readonly onBehind: () => void
}

/** Brings the access lists here and at a relay together. Lists prove themselves, so either side takes what it lacks. */
export interface AccessAgreement {
  /** `generation` is that of the relay's newest list, null where the relay has none or is far behind. */
  agree(generation: number | null): Promise<Result<null>>
  /** Takes over newer lists; at most one request at a time. */
  refresh(): Promise<Result<null>>
  /** The same for one that is known to be behind: without the newest list it cannot read what new members write. */
  follow(): Promise<void>
}

export const createAccessAgreement = ({
  workspace,
  http,
  operatorCode,
  token,
  onBehind,
}: Deps): AccessAgreement => {
  let refreshing: Promise<Result<null>> | null = null

  const publishAfter = async (generation: number): Promise<Result<null>> => {
    for (const { list, text } of workspace.lists()) {
      if (list.gen <= generation) continue
      const written = await http.writeAccess(text, operatorCode)
      // Another device was quicker: whether its lists fit ours shows when they are read.
      if (!written.ok) return written.error.code === 'access-conflict' ? refresh() : written
    }
    return ok(null)
  }

  const read = async (): Promise<Result<null>> => {
    const lists = await http.readAccess(await token())
    return lists.ok ? workspace.extend(lists.value) : lists
  }

  const refresh = (): Promise<Result<null>> => {
    refreshing ??= read().finally(() => {
      refreshing = null
    })
    return refreshing
  }

  return {
    refresh,
    follow: async () => {
      const read = await refresh()
      if (!read.ok) onBehind()
    },
    agree: async generation => {
      const ours = workspace.newest().list.gen
      if (generation === null) return publishAfter(-1)
      if (generation < ours) return publishAfter(generation)
      return generation > ours ? refresh() : ok(null)
    },
  }
}
