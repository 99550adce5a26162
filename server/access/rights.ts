import type { Role } from '../../protocol/access/acts.ts'
import type { Access } from '../../protocol/access/judge.ts'
import { roleOfDevice } from '../../protocol/access/rights.ts'
import { CLOCK_TOLERANCE_SECONDS } from '../../protocol/limits.ts'
import type { Scope, Token } from '../../protocol/token.ts'
import { type Answer, refuse } from '../refusal.ts'

export type Scopes = ReadonlySet<Scope>

const OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  owner: ['read', 'write', 'join', 'admin', 'deliver'],
  admin: ['read', 'write', 'join', 'deliver'],
  editor: ['read', 'write', 'join', 'deliver'],
  reader: ['read', 'join'],
}

/** Whether an invitation may still be used. What was revoked or used up is not among them any more. */
const isOpen = (access: Access, signer: string, nowSeconds: number): boolean => {
  const invitation = access.invitations.get(signer)
  if (!invitation) return false
  return invitation.exp === null || nowSeconds <= invitation.exp + CLOCK_TOLERANCE_SECONDS
}

/** What a token may be used for where things stand as in `access`: never more than it asks for, nor than its signer has. */
export const rightsOf = (
  access: Access,
  token: Pick<Token, 'signer' | 'scopes'>,
  nowSeconds: number,
): Answer<Scopes> => {
  const role = roleOfDevice(access, token.signer)
  if (role) return { ok: true, value: new Set(token.scopes.filter(scope => OF_ROLE[role].includes(scope))) }
  if (isOpen(access, token.signer, nowSeconds))
    return { ok: true, value: new Set(token.scopes.filter(scope => scope === 'join')) }
  return refuse('not-a-member', 'This device is not, or no longer, a member of the workspace.')
}

export const requireScope = (scopes: Scopes, ...anyOf: readonly Scope[]): Answer<null> =>
  anyOf.some(scope => scopes.has(scope))
    ? { ok: true, value: null }
    : refuse(
        'scope',
        `This token, or the role of this device, does not allow this; it would need the scope "${anyOf.join('" or "')}".`,
      )
