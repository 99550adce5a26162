import type { Role } from '../../protocol/access/acts.ts'
import { isAdmin } from '../../protocol/access/rights.ts'
import { MAX_ACCESS_BYTES, MAX_JUDGING_STEPS, MAX_STATEMENTS } from '../../protocol/limits.ts'
import { type Answer, refuse } from '../refusal.ts'

/** How much was said so far. */
export interface Said {
  readonly bytes: number
  readonly statements: number
}

export const NOTHING_SAID: Said = { bytes: 0, statements: 0 }

export const withOne = (said: Said = NOTHING_SAID, text: string): Said => ({
  bytes: said.bytes + text.length,
  statements: said.statements + 1,
})

/** How full it may be for somebody to still say something: a member who says too much must still be put out. */
const ROOM: Readonly<Record<Role, number>> = { owner: 1, admin: 3 / 4, editor: 1 / 2, reader: 1 / 2 }
/** What one device or invitation may say that cannot put anybody out. */
const OF_ONE = 1 / 10

const fits = ({ bytes, statements }: Said, part: number): boolean =>
  bytes <= MAX_ACCESS_BYTES * part && statements <= MAX_STATEMENTS * part

/** Whether there is room for a statement, which `all` and its signer's `own` count already. Null is nobody's role. */
export const mayStillSay = (role: Role | null, all: Said, own: Said): Answer<null> => {
  if (!fits(all, ROOM[role ?? 'reader']))
    return refuse('quota-bytes', 'What is said about the members of this workspace has reached a limit here.')
  if (!isAdmin(role) && !fits(own, OF_ONE))
    return refuse('quota-bytes', 'This device has said as much about the members as the relay keeps of one.')
  return { ok: true, value: null }
}

/** How many steps judging may take for what somebody brings that nobody knew; the lowest of all their roles counts. */
export const stepsFor = (roles: readonly (Role | null)[]): number =>
  MAX_JUDGING_STEPS * Math.min(...roles.map(role => ROOM[role ?? 'reader']))
