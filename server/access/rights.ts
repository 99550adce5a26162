import type { AccessList, Role } from '../../protocol/access.ts'
import { CLOCK_TOLERANCE_SECONDS } from '../../protocol/limits.ts'
import type { Scope, Token } from '../../protocol/token.ts'
import { type Answer, refuse } from '../refusal.ts'

export type Scopes = ReadonlySet<Scope>

const OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = { owner: ['read', 'write', 'join', 'admin'] }

/** What a token may be used for while `list` is the newest: never more than it asks for, nor than its signer has. */
export const rightsOf = (
  list: AccessList,
  token: Pick<Token, 'signer' | 'scopes'>,
  nowSeconds: number,
): Answer<Scopes> => {
  const role = Object.hasOwn(list.members, token.signer) ? list.members[token.signer] : undefined
  if (role) return { ok: true, value: new Set(token.scopes.filter(scope => OF_ROLE[role].includes(scope))) }
  const invitation = Object.hasOwn(list.invitations, token.signer)
    ? list.invitations[token.signer]
    : undefined
  if (invitation && nowSeconds <= invitation.exp + CLOCK_TOLERANCE_SECONDS)
    return { ok: true, value: new Set(token.scopes.filter(scope => scope === 'join')) }
  return refuse('not-a-member', 'This device is not, or no longer, a member of the workspace.')
}

export const requireScope = (scopes: Scopes, ...anyOf: readonly Scope[]): Answer<null> =>
  anyOf.some(scope => scopes.has(scope))
    ? { ok: true, value: null }
    : refuse('scope', `The token does not allow this; it would need the scope "${anyOf.join('" or "')}".`)
