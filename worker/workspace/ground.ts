import type { Access } from '../../protocol/access/judge.ts'
import { isAdmin, roleOfDevice } from '../../protocol/access/rights.ts'
import type { Statement } from '../../protocol/access/statement.ts'
import { MAX_PREV } from '../../protocol/limits.ts'

/** What a statement builds on. */
export interface Ground {
  readonly gen: number
  readonly prev: readonly string[]
}

/** Those on which none of the others builds. */
const latest = (
  wanted: readonly Statement[],
  byHash: ReadonlyMap<string, Statement>,
): readonly Statement[] => {
  const below = new Set<string>()
  return wanted
    .toSorted((a, b) => b.gen - a.gen)
    .filter(statement => {
      if (below.has(statement.hash)) return false
      const todo = [...statement.prev]
      for (let hash = todo.pop(); hash !== undefined; hash = todo.pop()) {
        if (below.has(hash)) continue
        below.add(hash)
        todo.push(...(byHash.get(hash)?.prev ?? []))
      }
      return true
    })
}

/**
 * What somebody who has heard all of it names as heard: the newest of all that was said. Where that is more than fits,
 * because somebody said hundreds of things at the same time, what they themselves and those over others said goes before,
 * and how they came to be here: the rest can wait, or is not worth hearing.
 */
export const groundOf = (
  access: Pick<Access, 'heads' | 'gen' | 'devices' | 'roles'>,
  statements: readonly Statement[],
  self: string,
): Ground => {
  if (access.heads.length <= MAX_PREV) return { gen: access.gen + 1, prev: access.heads }
  const byHash = new Map(statements.map(statement => [statement.hash, statement]))
  const isWeighty = ({ signer, acts }: Statement): boolean =>
    signer === self ||
    isAdmin(roleOfDevice(access, signer)) ||
    acts.some(
      act => (act.do === 'join' && act.device === self) || (act.do === 'invite' && act.invitation === self),
    )
  const weighty = latest(statements.filter(isWeighty), byHash)
  const heads = access.heads.flatMap(hash => byHash.get(hash) ?? [])
  const chosen = [...new Set([...weighty, ...heads])].slice(0, MAX_PREV)
  return {
    gen: chosen.reduce((most, { gen }) => Math.max(most, gen + 1), 0),
    prev: chosen.map(({ hash }) => hash).sort(),
  }
}
