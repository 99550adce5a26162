import { CLOCK_TOLERANCE_SECONDS } from '../limits.ts'
import type { Act, Claims, Role } from './acts.ts'
import { rankOf, roleOf, type State } from './state.ts'

/** Whose statement it is, and in which role they said it. */
interface Speaker {
  readonly signer: string
  readonly iat: number
  readonly role: Role | null
}

const ADMIN = rankOf('admin')

/** Owners over everybody, admins over everybody but owners. */
const isOver = (speaker: Speaker, role: Role | null): boolean =>
  speaker.role === 'owner' || (speaker.role === 'admin' && rankOf(role) >= ADMIN)

const mayInvite = (state: State, speaker: Speaker, act: Extract<Act, { do: 'invite' }>): boolean => {
  if (speaker.role === null || state.invitations.has(act.invitation)) return false
  // One or the other, and only a recovery key lasts.
  if ((act.role === null) === (act.person === null)) return false
  if (act.exp === null && act.person === null) return false
  if (act.role !== null) return rankOf(speaker.role) <= ADMIN && isOver(speaker, act.role)
  return state.devices.get(speaker.signer)?.person === act.person
}

const mayJoin = (state: State, speaker: Speaker, act: Extract<Act, { do: 'join' }>): boolean => {
  const invitation = state.invitations.get(speaker.signer)
  if (!invitation || state.devices.has(act.device)) return false
  return invitation.exp === null || speaker.iat <= invitation.exp + CLOCK_TOLERANCE_SECONDS
}

const mayRevoke = (state: State, speaker: Speaker, id: string): boolean => {
  const invitation = state.invitations.get(id)
  if (!invitation) return speaker.role !== null
  return (
    invitation.by === speaker.signer ||
    isSame(state, speaker.signer, invitation.by) ||
    rankOf(speaker.role) <= ADMIN
  )
}

const isSame = (state: State, one: string, other: string): boolean => {
  const person = state.devices.get(one)?.person
  return person !== undefined && person === state.devices.get(other)?.person
}

/** Whether `speaker` may do this where things stand as in `state`. */
const may = (state: State, speaker: Speaker, act: Act): boolean => {
  if (act.do === 'join') return mayJoin(state, speaker, act)
  if (speaker.role === null) return false
  switch (act.do) {
    case 'found':
      return false
    case 'invite':
      return mayInvite(state, speaker, act)
    case 'revoke':
      return mayRevoke(state, speaker, act.invitation)
    case 'remove':
      // One who is gone already is no reason to refuse the rest.
      return act.devices.every(
        id =>
          isSame(state, speaker.signer, id) ||
          (isOver(speaker, roleOf(state, id)) && rankOf(speaker.role) <= ADMIN),
      )
    case 'role':
      return (
        rankOf(speaker.role) <= ADMIN &&
        isOver(speaker, state.roles.get(act.person) ?? null) &&
        isOver(speaker, act.role)
      )
    case 'rotate':
      return rankOf(speaker.role) <= ADMIN && !state.epochs.has(act.epoch)
    case 'seal':
      return state.epochs.has(act.epoch)
    case 'card':
      return isSame(state, speaker.signer, act.device)
    case 'end':
      return speaker.role === 'owner'
  }
}

/** Whether the first statement of a workspace is one. */
export const isFounding = ({ ws, gen, prev, acts }: Claims, signer: string): boolean =>
  signer === ws &&
  gen === 0 &&
  prev.length === 0 &&
  acts[0]?.do === 'found' &&
  acts.slice(1).every(act => act.do === 'rotate')

/** Whether the signer may do all of it. */
export const isAllowed = (state: State, { acts, iat }: Claims, signer: string): boolean => {
  if (state.ended) return false
  const speaker = { signer, iat, role: roleOf(state, signer) }
  return acts.every(act => may(state, speaker, act))
}
