import type { DeviceId, NamedRelayId, SessionId } from '../ids.ts'
import type { Act, Cut, Cuts, InvitationId, PersonId, Role } from './acts.ts'
import { ROLES } from './acts.ts'

/** A device that belongs to the workspace. */
export interface Device {
  readonly person: PersonId
  /** Public X25519 key, base64url. */
  readonly sealing: string
  /** Its sealed name. */
  readonly card: string | null
  /** When it came, by its own clock, in seconds since 1970. */
  readonly since: number
  /** The invitation that it came with; null for the first device. */
  readonly via: InvitationId | null
}

export interface Invitation {
  /** The role of whoever comes; null where it is another device of `person`. */
  readonly role: Role | null
  readonly person: PersonId | null
  /** Seconds since 1970; null for a recovery key. */
  readonly exp: number | null
  readonly once: boolean
  readonly sealing: string
  readonly card: string | null
  /** The device that made it. */
  readonly by: DeviceId
}

/** That all devices of the workspace are to use a relay. */
export interface RelayNaming {
  /** Its sealed address. */
  readonly card: string
  readonly by: PersonId
  /** When it was named, by the clock of whoever did, in seconds since 1970. */
  readonly since: number
  /** Of the role in which they did. */
  readonly rank: number
}

/** The keys of a time: who holds an old one reads nothing that is sealed under a newer. */
export interface Epoch {
  readonly check: string
  readonly former: Readonly<Record<string, string>>
  /** By thumbprint of device or invitation: sealed copies of its root. */
  readonly roots: ReadonlyMap<string, readonly string[]>
}

/** Who belongs to a workspace at some point. Statements change it in place; nobody else does. */
export interface State {
  ended: boolean
  readonly devices: Map<DeviceId, Device>
  readonly roles: Map<PersonId, Role>
  readonly invitations: Map<InvitationId, Invitation>
  /** Invitations for one use that were used. */
  readonly used: Set<InvitationId>
  /** What still counts of those who may write no more. */
  readonly cuts: Map<DeviceId, Cut>
  readonly epochs: Map<number, Made>
  /** In the order in which they were named. */
  readonly relays: Map<NamedRelayId, RelayNaming>
}

/** An epoch with where it came from. */
export interface Made extends Omit<Epoch, 'roots'> {
  /** By reader and by whoever left it: nobody can push out what another has left. */
  readonly copies: Map<string, Map<string, string>>
  readonly origin: Origin
}

export const emptyState = (): State => ({
  ended: false,
  devices: new Map(),
  roles: new Map(),
  invitations: new Map(),
  used: new Set(),
  cuts: new Map(),
  epochs: new Map(),
  relays: new Map(),
})

export const roleOf = (state: State, device: DeviceId): Role | null => {
  const known = state.devices.get(device)
  return known ? (state.roles.get(known.person) ?? null) : null
}

/** 0 for an owner; more may do less. */
export const rankOf = (role: Role | null): number => (role === null ? ROLES.length : ROLES.indexOf(role))

const personsOf = (state: State): Set<PersonId> =>
  new Set([...state.devices.values()].map(({ person }) => person))

/** The later of two points in each session: whoever has cut less off had seen more. */
const united = (a: Cut | undefined, b: Cut): Cut => {
  const cut: Record<SessionId, number> = { ...a }
  for (const [session, sequence] of Object.entries(b)) cut[session] = Math.max(cut[session] ?? 0, sequence)
  return cut
}

const cutOff = (state: State, device: DeviceId, cuts: Cuts): void => {
  const cut = Object.hasOwn(cuts, device) ? cuts[device]! : {}
  state.cuts.set(device, united(state.cuts.get(device), cut))
}

/** Persons with no device left have no role, and what was handed out for them or by the removed ends. */
const dropOrphans = (state: State, removed: ReadonlySet<DeviceId>, via: ReadonlySet<InvitationId>): void => {
  const persons = personsOf(state)
  for (const person of [...state.roles.keys()]) if (!persons.has(person)) state.roles.delete(person)
  for (const [id, { by, person, once }] of [...state.invitations]) {
    // A link for several was in the hands of whoever came with it.
    const isKnownToThem = via.has(id) && !once
    if (removed.has(by) || isKnownToThem || (person !== null && !persons.has(person)))
      state.invitations.delete(id)
  }
}

const hasOwnerWithout = (state: State, gone: ReadonlySet<DeviceId>): boolean =>
  [...state.devices].some(([id, { person }]) => !gone.has(id) && state.roles.get(person) === 'owner')

const remove = (state: State, devices: readonly DeviceId[], cuts: Cuts): void => {
  const gone = new Set(devices.filter(id => state.devices.has(id)))
  // At least one owner always remains: of removals at the same time the one that would take the last has no effect.
  if (gone.size > 0 && !hasOwnerWithout(state, gone)) return
  for (const id of devices) if (gone.has(id) || state.cuts.has(id)) cutOff(state, id, cuts)
  const via = new Set([...gone].flatMap(id => state.devices.get(id)?.via ?? []))
  for (const id of gone) state.devices.delete(id)
  dropOrphans(state, gone, via)
}

const setRole = (state: State, person: PersonId, role: Role, cuts: Cuts): void => {
  const devices = [...state.devices].filter(([, device]) => device.person === person).map(([id]) => id)
  if (devices.length === 0) return
  if (role !== 'owner' && !hasOwnerWithout(state, new Set(devices))) return
  state.roles.set(person, role)
  if (role === 'reader') for (const id of devices) cutOff(state, id, cuts)
}

/** A copy that does not open is no reason to refuse another one. */
const addRoot = (state: State, epoch: number, reader: string, root: string, from: string): void => {
  const copies = state.epochs.get(epoch)?.copies
  copies?.set(reader, new Map([...(copies.get(reader) ?? []), [from, root]]))
}

/** Where a statement comes from, as far as acts need it. */
export interface Origin {
  readonly signer: string
  readonly iat: number
  readonly hash: string
  /** Of the role in which its signer spoke. */
  readonly rank: number
  /** Its signer was put out by somebody who said so at the same time. */
  readonly isAnnulled: boolean
  /** The invitation that signed it, as it was for whoever used it. */
  readonly invitation: Invitation | null
}

/** Whose keys an epoch's are, where two gave theirs the same number. */
const goesBefore = (a: Origin, b: Origin): boolean => {
  if (a.isAnnulled !== b.isAnnulled) return b.isAnnulled
  return a.rank === b.rank ? a.hash < b.hash : a.rank < b.rank
}

const makeEpoch = (state: State, act: Extract<Act, { do: 'rotate' }>, origin: Origin): void => {
  const known = state.epochs.get(act.epoch)
  if (known && !goesBefore(origin, known.origin)) return
  const copies = Object.entries(act.roots).map(
    ([id, root]) => [id, new Map([[origin.signer, root]])] as const,
  )
  state.epochs.set(act.epoch, { check: act.check, former: act.former, copies: new Map(copies), origin })
}

/** Nobody can take the place of an invitation of somebody above them by making one with the same key. */
const addInvitation = (state: State, act: Extract<Act, { do: 'invite' }>, { signer, rank }: Origin): void => {
  const { invitation, role, person, exp, once, sealing, card } = act
  if (person !== null && !personsOf(state).has(person)) return
  const known = state.invitations.get(invitation)
  if (!state.devices.has(signer) || (known && rankOf(roleOf(state, known.by)) <= rank)) return
  state.invitations.set(invitation, { role, person, exp, once, sealing, card, by: signer })
}

const letIn = (
  state: State,
  act: Extract<Act, { do: 'join' }>,
  { signer, iat, invitation }: Origin,
): void => {
  if (invitation === null || state.devices.has(act.device)) return
  const person = invitation.person ?? act.device
  // Another device of somebody who is there; or somebody who is not, not even by another device of theirs.
  if ((invitation.role === null) !== state.roles.has(person)) return
  state.devices.set(act.device, { person, sealing: act.sealing, card: act.card, since: iat, via: signer })
  if (invitation.role !== null) state.roles.set(person, invitation.role)
  if (act.root !== null) addRoot(state, act.root.epoch, act.device, act.root.sealed, signer)
  if (!invitation.once) return
  state.invitations.delete(signer)
  state.used.add(signer)
}

/** Whether no relay would be named without it. */
export const isLastRelay = ({ relays }: State, relay: NamedRelayId): boolean =>
  relays.has(relay) && relays.size === 1

const nameRelay = (
  state: State,
  { relay, card }: Extract<Act, { do: 'relay' }>,
  { signer, iat, rank }: Origin,
): void => {
  if (card === null) {
    // Of the last two, taken away at the same time, one remains.
    if (!isLastRelay(state, relay)) state.relays.delete(relay)
    return
  }
  const known = state.relays.get(relay)
  if (known && known.rank <= rank) return
  const by = state.devices.get(signer)?.person ?? signer
  state.relays.set(relay, { card, by, since: iat, rank })
}

/** Does what an act says, as far as it still applies. */
export const apply = (state: State, act: Act, origin: Origin): void => {
  const { signer, iat } = origin
  if (state.ended) return
  switch (act.do) {
    case 'found': {
      const { device, sealing, card } = act
      state.devices.set(device, { person: device, sealing, card, since: iat, via: null })
      state.roles.set(device, 'owner')
      return
    }
    case 'invite':
      addInvitation(state, act, origin)
      return
    case 'revoke':
      state.invitations.delete(act.invitation)
      return
    case 'join':
      letIn(state, act, origin)
      return
    case 'remove':
      remove(state, act.devices, act.cuts)
      return
    case 'role':
      setRole(state, act.person, act.role, act.cuts)
      return
    case 'rotate':
      makeEpoch(state, act, origin)
      return
    case 'seal': {
      for (const [id, root] of Object.entries(act.roots))
        if (state.devices.has(id) || state.invitations.has(id)) addRoot(state, act.epoch, id, root, signer)
      return
    }
    case 'card': {
      const device = state.devices.get(act.device)
      if (device) state.devices.set(act.device, { ...device, card: act.card })
      return
    }
    case 'relay':
      nameRelay(state, act, origin)
      return
    case 'end':
      state.ended = true
      return
  }
}
