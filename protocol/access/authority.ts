import { CLOCK_TOLERANCE_SECONDS } from '../limits.ts'
import type { Act, Claims, PersonId, Role } from './acts.ts'
import { type Invitation, isLastRelay, rankOf, roleOf, type State } from './state.ts'

/** Whose statement it is, and in which role they said it. */
export interface Speaker {
  readonly signer: string
  readonly iat: number
  readonly role: Role | null
  readonly person: PersonId | null
}

/** How somebody stands where they speak. */
export const speakerOf = (state: State, { signer, iat }: { signer: string; iat: number }): Speaker => ({
  signer,
  iat,
  role: roleOf(state, signer),
  person: state.devices.get(signer)?.person ?? null,
})

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
  return speaker.person === act.person
}

const mayJoin = (state: State, speaker: Speaker, act: Extract<Act, { do: 'join' }>): boolean => {
  const invitation = state.invitations.get(speaker.signer)
  if (!invitation || state.devices.has(act.device)) return false
  // A person is called by their first device: without that one they are still there, and it comes back as theirs only.
  if (invitation.role !== null && state.roles.has(act.device)) return false
  return invitation.exp === null || speaker.iat <= invitation.exp + CLOCK_TOLERANCE_SECONDS
}

/** The role of whoever comes by an invitation. */
const grantedBy = (state: State, { role, person }: Invitation): Role | null =>
  role ?? (person === null ? null : (state.roles.get(person) ?? null))

const mayRevoke = (state: State, speaker: Speaker, id: string): boolean => {
  const invitation = state.invitations.get(id)
  if (!invitation) return true // gone already
  return (
    invitation.by === speaker.signer ||
    isOf(state, speaker.person, invitation.by) ||
    isOver(speaker, grantedBy(state, invitation))
  )
}

const isOf = (state: State, person: PersonId | null, device: string): boolean =>
  person !== null && state.devices.get(device)?.person === person

/**
 * One who is gone already is no reason to refuse the rest. Who has never been there is one: an admin who claims not to
 * have heard of somebody cannot know that it is no owner.
 */
const mayRemove = (state: State, speaker: Speaker, id: string): boolean => {
  if (isOf(state, speaker.person, id) || speaker.role === 'owner') return true
  return isOver(speaker, roleOf(state, id)) && isKnown(state, id)
}

/** Whether a device belongs to the workspace, or did. */
export const isKnown = (state: State, id: string): boolean => state.devices.has(id) || state.cuts.has(id)

const mayChangeRole = (
  state: State,
  speaker: Speaker,
  { person, role }: Extract<Act, { do: 'role' }>,
): boolean => {
  const before = state.roles.get(person) ?? null
  return (before !== null || speaker.role === 'owner') && isOver(speaker, before) && isOver(speaker, role)
}

/** The last one stays: devices that know no other would never hear where the others are. */
const mayNameRelay = (
  state: State,
  speaker: Speaker,
  { relay, card }: Extract<Act, { do: 'relay' }>,
): boolean =>
  rankOf(speaker.role) <= ADMIN && (card === null ? !isLastRelay(state, relay) : !state.relays.has(relay))

/** Whether `speaker` may do this to those who are there in `state`. */
export const may = (state: State, speaker: Speaker, act: Act): boolean => {
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
      return act.devices.every(id => mayRemove(state, speaker, id))
    case 'role':
      return mayChangeRole(state, speaker, act)
    case 'rotate':
      return rankOf(speaker.role) <= ADMIN && !state.epochs.has(act.epoch)
    case 'seal':
      return state.epochs.has(act.epoch)
    case 'card':
      return isOf(state, speaker.person, act.device)
    case 'relay':
      return mayNameRelay(state, speaker, act)
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
  const speaker = speakerOf(state, { signer, iat })
  return acts.every(act => may(state, speaker, act))
}
