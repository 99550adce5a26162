import type { InvitationId, PersonId, Role } from './access/acts.ts'
import type { DeviceId, WorkspaceId } from './ids.ts'

/** What a person and one of their devices are called, as the members see it; '' where nothing was said. */
export interface DeviceName {
  readonly person: string
  readonly device: string
}

/** An invitation as somebody was given it. */
export type InvitationSource =
  | { readonly link: string }
  /** Read out, or printed: the workspace's id, as it is or as words, and a phrase or the words of a recovery key. */
  | { readonly workspace: string; readonly relay: string; readonly phrase: string }

/** What an invitation leads to, before anybody accepts it. */
export interface InvitationOffer {
  readonly workspace: WorkspaceId
  readonly workspaceName: string
  /** Who made it, as they were called then. */
  readonly from: string
  /** What whoever accepts it may do; null where it is one more device of `person`. */
  readonly role: Role | null
  readonly person: string | null
  readonly isRecovery: boolean
  /** The names of those who are in it now. */
  readonly members: readonly string[]
  /** This device is among them. */
  readonly alreadyMember: boolean
  /** Origin of the relay by which it comes. */
  readonly relay: string
}

/** An invitation that was just made. It is shown once: nobody can make it out afterwards. */
export interface MadeInvitation {
  readonly invitation: InvitationId
  readonly link: string
  /** Milliseconds since 1970; null where it does not run out. */
  readonly expires: number | null
  readonly relay: string
  readonly workspace: WorkspaceId
  /** The workspace's id as words, to be read out. */
  readonly workspaceWords: string
  /** Seven words for one who was invited by them, 24 of a recovery key. */
  readonly words: string | null
}

/** What a tab asks the worker to do about people, their devices, and who may come. */
export type PeopleIntent =
  | {
      readonly type: 'create-invitation'
      /** null: for another device of one's own. */
      readonly role: Role | null
      readonly once: boolean
      readonly days: number
      /** Seven words to be read out, instead of a link. */
      readonly phrase?: boolean
      /** What the person and this device are called, where nothing was said so far. */
      readonly name?: DeviceName
    }
  | { readonly type: 'create-recovery-key'; readonly name?: DeviceName }
  /** With new keys: whoever has the invitation could read what was written until now. */
  | { readonly type: 'revoke-invitation'; readonly invitation: InvitationId }
  | { readonly type: 'look-at-invitation'; readonly source: InvitationSource }
  | {
      readonly type: 'join-workspace'
      readonly source: InvitationSource
      readonly name: DeviceName
      /** Copies the notes of the workspace that is shown into the one that is joined. */
      readonly bring?: boolean
    }
  | { readonly type: 'set-role'; readonly person: PersonId; readonly role: Role }
  | { readonly type: 'remove-member'; readonly devices: readonly DeviceId[] }
  /** New keys, for suspicion. */
  | { readonly type: 'rotate-keys' }
  /** One's own; the person is called so on all of their devices. */
  | { readonly type: 'rename-device'; readonly device: DeviceId; readonly name: DeviceName }

/** Whether a relay has it already. Else the others hear of it as soon as one can be reached. */
export interface Told {
  readonly told: boolean
}

export interface PeopleOutcomes {
  'create-invitation': MadeInvitation
  'create-recovery-key': MadeInvitation
  'revoke-invitation': Told
  'look-at-invitation': InvitationOffer
  'join-workspace': { readonly notesBrought: number }
  'set-role': Told
  'remove-member': Told
  'rotate-keys': Told
  'rename-device': null
}

/** Whoever belongs to a workspace, and who may come. Times are milliseconds since 1970. */
export interface PeopleValue {
  readonly workspace: WorkspaceId
  /** This device. */
  readonly me: DeviceId
  /** What the person may do; null where this device is out. */
  readonly role: Role | null
  /** Oneself first, then in the order in which they came. */
  readonly people: readonly PersonRow[]
  readonly invitations: readonly InvitationRow[]
  /** Nobody can come as long as no relay is used. */
  readonly sync: boolean
  /** Somebody who is out still has the keys of now: new ones are made by an owner's or admin's device. */
  readonly rotationDue: boolean
  /** This device waits for the newest keys. */
  readonly keysMissing: boolean
}

export interface PersonRow {
  readonly person: PersonId
  readonly name: string
  readonly role: Role
  readonly isMe: boolean
  /** They have said how they are called; else `name` is that of a device of theirs. */
  readonly isNamed: boolean
  readonly devices: readonly DeviceRow[]
}

export interface DeviceRow {
  readonly device: DeviceId
  readonly name: string
  readonly since: number
  /** It came with an invitation, and did not make the workspace. */
  readonly invited: boolean
  readonly isThis: boolean
}

export interface InvitationRow {
  readonly id: InvitationId
  /** null where it is for another device of the person who made it. */
  readonly role: Role | null
  readonly expires: number | null
  readonly once: boolean
  /** The person who made it. */
  readonly byName: string
  readonly isMine: boolean
  readonly isRecovery: boolean
}
