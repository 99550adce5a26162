import type { Role } from '../../protocol/access/acts.ts'
import { isAdmin } from '../../protocol/access/rights.ts'
import type { InvitationOffer, InvitationRow, PeopleValue, PersonRow } from '../../protocol/people.ts'

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  owner: 'Owner',
  admin: 'Admin',
  editor: 'Editor',
  reader: 'Reader',
}

/** What each may do, from the one who may do least. */
export const ROLE_MEANS: Readonly<Record<Role, string>> = {
  reader: 'can read',
  editor: 'can read and write',
  admin: 'can also invite and remove people',
  owner: 'can do everything, also delete the workspace',
}

/** As part of a sentence. */
export const asRole = (role: Role): string => `${/^[aeo]/.test(role) ? 'an' : 'a'} ${role}`

/** Which roles a person may give, from the least. */
export const rolesToGive = (mine: Role | null): readonly Role[] => {
  if (mine === 'owner') return ['reader', 'editor', 'admin', 'owner']
  return mine === 'admin' ? ['reader', 'editor', 'admin'] : []
}

/** Whether a person may change the role of another one, or remove them. */
export const isOver = (mine: Role | null, theirs: Role): boolean =>
  mine === 'owner' || (mine === 'admin' && theirs !== 'owner')

export const day = (time: number): string =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(time)
export const dayAndTime = (time: number): string =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(time)

/** For whom an invitation is. */
export const invitationTitle = ({ role, isRecovery, isMine, byName }: InvitationRow): string => {
  if (isRecovery) return isMine ? 'Your recovery key' : `Recovery key of ${byName}`
  if (role !== null) return `A new ${role}`
  return isMine ? 'Another device of yours' : `Another device of ${byName}`
}

/** Nobody can come with it any more. */
export const hasRunOut = ({ expires }: InvitationRow, now: number): boolean =>
  expires !== null && expires < now

export const invitationDetail = (invitation: InvitationRow, now: number): string => {
  const { role, once, expires, isMine, byName, isRecovery } = invitation
  if (expires === null || isRecovery) return 'Does not run out. Take it back if somebody else may have it.'
  const many = once ? 'Once' : 'For several'
  const by = role === null ? '' : isMine ? ', made by you' : `, made by ${byName}`
  return hasRunOut(invitation, now)
    ? `Ran out ${dayAndTime(expires)}${by}`
    : `${many}, until ${dayAndTime(expires)}${by}`
}

/** What stands between a person and being locked out for good; null while nothing does. */
export const lossWords = ({ people, invitations, role, sync }: PeopleValue): string | null => {
  const me = people.find(({ isMe }) => isMe)
  const hasKey = invitations.some(({ isMine, isRecovery }) => isMine && isRecovery)
  if (!me || !sync || role !== 'owner' || me.devices.length > 1 || hasKey) return null
  const others = people.some(({ isMe, role }) => !isMe && isAdmin(role))
  return others
    ? 'If you lose this device, somebody else has to invite you anew. A recovery key, or a second device, brings you back in as the owner that you are.'
    : 'If you lose this device, nobody can bring you back in, and nobody can open what is here: there is no account and no password that anybody could reset. A recovery key on paper, or a second device, can.'
}

/** What is to be said before somebody is taken out. */
export const removalWords = (person: PersonRow, device: { readonly name: string } | null): string => {
  const what = device === null ? person.name : `“${device.name}”`
  if (person.isMe)
    return `${what} can then read nothing that is written from now on. Nothing is wiped on it: whoever holds it can still read all that has come to it until now.`
  const theirs = device === null ? 'their devices' : 'that device'
  return `Everything that was on ${theirs} stays there, and ${what} can still read it. Nothing that is written from now on can be read there, and nothing more is taken over from there. Everybody else gets new keys, and links that let in several people end, since ${person.name} may have one of them.`
}

/** What happened when it was said: the others may hear of it only later. */
export const toldWords = (done: string, { told }: { readonly told: boolean }): string =>
  told ? done : `${done} The others hear of it as soon as this device reaches a relay.`

/** Whom and what one joins. */
export const offerTitle = ({ isRecovery, role, workspaceName }: InvitationOffer): string => {
  const name = workspaceName === '' ? 'this workspace' : `“${workspaceName}”`
  if (isRecovery) return `Come back to ${name}?`
  return role === null ? `Add this device to ${name}?` : `Join ${name}?`
}

export const offerWords = ({ isRecovery, role, from, person }: InvitationOffer): string => {
  if (isRecovery) return `With this recovery key the device becomes one of ${person}.`
  if (role === null) return `This device becomes one more device of ${person}.`
  return `${from} invites you as ${asRole(role)}. You ${ROLE_MEANS[role]}.`
}
