import { type CheckedList, checkNextList, listHash } from '../../protocol/access.ts'
import { fromBase64url } from '../../protocol/bytes.ts'
import type { WorkspaceId } from '../../protocol/ids.ts'
import { MAX_ACCESS_LIST_BYTES } from '../../protocol/limits.ts'
import { type Answer, refuse, refuseAs } from '../refusal.ts'

/** A workspace's access lists together: the whole chain is read whenever a device joins. */
const MAX_CHAIN_BYTES = 64 * MAX_ACCESS_LIST_BYTES

export type ListOutcome = { readonly news: CheckedList } | { readonly news: null }

/** Reads, unchecked, which place in the chain a list claims: it decides how to say no, never whether to say yes. */
const claimedPlace = (text: string): { gen?: unknown; prev?: unknown } => {
  try {
    const payload: unknown = JSON.parse(new TextDecoder().decode(fromBase64url(text.split('.')[1] ?? '')))
    return typeof payload === 'object' && payload !== null ? payload : {}
  } catch {
    return {}
  }
}

/**
 * Checks a list that somebody brings against the chain that is stored, which is empty for an unknown workspace.
 * `news` is null where this very list is stored already.
 * Errors: `unknown-workspace`, `access-conflict`, `access-invalid`, `quota-bytes`.
 */
export const checkList = async (
  workspace: WorkspaceId,
  chain: readonly CheckedList[],
  text: string,
): Promise<Answer<ListOutcome>> => {
  const { gen, prev } = claimedPlace(text)
  const newest = chain.at(-1) ?? null
  if (newest === null) {
    if (typeof gen === 'number' && gen > 0)
      return refuse('unknown-workspace', 'This relay does not have the workspace. Send its first list first.')
  } else {
    if (chain.some(stored => stored.text === text)) return { ok: true, value: { news: null } }
    const follows = gen === newest.list.gen + 1 && prev === (await listHash(newest.text))
    if (typeof gen === 'number' && !follows)
      return refuse(
        'access-conflict',
        `The list does not follow from list ${newest.list.gen}, the newest here.`,
      )
    const bytes = chain.reduce((sum, stored) => sum + stored.text.length, text.length)
    if (bytes > MAX_CHAIN_BYTES)
      return refuse('quota-bytes', 'The access lists of this workspace have reached the limit of this relay.')
  }
  const checked = refuseAs('access-invalid', await checkNextList(workspace, newest, text))
  return checked.ok ? { ok: true, value: { news: checked.value } } : checked
}
