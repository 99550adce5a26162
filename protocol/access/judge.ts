import type { DeviceId, SessionId } from '../ids.ts'
import type { Act, Cut, InvitationId, PersonId, Role } from './acts.ts'
import { isAllowed, isFounding, isKnown, may, type Speaker, speakerOf } from './authority.ts'
import { graphOf, hasBit, headsOf, isConcurrent, type Node, setBit } from './graph.ts'
import {
  apply,
  type Device,
  type Epoch,
  emptyState,
  type Invitation,
  type Origin,
  rankOf,
  roleOf,
  type State,
} from './state.ts'
import type { Statement } from './statement.ts'

/** Who belongs to a workspace, by all statements that are known. */
export interface Access {
  readonly ws: string
  /** The largest `gen` of all statements. */
  readonly gen: number
  /** Hashes of the statements that the next one builds on, sorted. */
  readonly heads: readonly string[]
  /** The workspace was deleted for everyone. */
  readonly ended: boolean
  readonly devices: ReadonlyMap<DeviceId, Device>
  readonly roles: ReadonlyMap<PersonId, Role>
  readonly invitations: ReadonlyMap<InvitationId, Invitation>
  /** What still counts of those who may write no more. */
  readonly cuts: ReadonlyMap<DeviceId, Cut>
  /** The epoch that new envelopes use; 0 where there is none. */
  readonly epoch: number
  readonly epochs: ReadonlyMap<number, Epoch>
  /** Somebody who is out holds the root of the epoch: an admin owes a new one. */
  readonly rotationDue: boolean
  /** Devices that came without the root of the epoch, or got no copy of it from somebody above editors: owed to them. */
  readonly rootless: readonly DeviceId[]
  /** Those of them to whom nobody at all has left a copy. Whether one opens, only its reader can tell. */
  readonly copyless: readonly DeviceId[]
  /** Hashes of the statements that have an effect, and of those that they build on: all that is worth keeping. */
  readonly standing: ReadonlySet<string>
}

/** What is left of a statement whose signer somebody else put out at the same time. */
type Remnant = readonly Act[]

interface Verdict {
  readonly node: Node
  readonly acts: readonly Act[]
  /** Its signer, as they stood where they spoke. */
  readonly speaker: Speaker
  readonly rank: number
  readonly origin: Origin
}

/** Admins first and owners last, so that where both say something, the owner's stands. */
const byWeight = (a: Verdict, b: Verdict): number =>
  b.rank - a.rank || (a.node.statement.hash < b.node.statement.hash ? -1 : 1)

/** How things stood for whoever made `node`: all that it builds on and that counts, in the order in which it counts. */
const stateBefore = (node: Node, verdicts: readonly Verdict[]): State => {
  const state = emptyState()
  for (const verdict of verdicts)
    if (hasBit(node.ancestors, verdict.node.index))
      for (const act of verdict.acts) apply(state, act, verdict.origin)
  return state
}

interface Evaluation {
  readonly verdicts: readonly Verdict[]
  readonly state: State
}

/** Goes through the graph from its root, with what was annulled left out. */
const evaluate = (nodes: readonly Node[], annulled: ReadonlyMap<number, Remnant>): Evaluation => {
  const state = emptyState()
  const verdicts: Verdict[] = []
  const waiting = nodes.map(({ parents }) => parents.length)
  const children: number[][] = nodes.map(() => [])
  for (const { index, parents } of nodes) for (const parent of parents) children[parent]!.push(index)
  const ready: Verdict[] = []
  let done = 0

  /** Somebody may say many things at once, all built on the same. */
  const states = new Map<string, State>()
  const stateFor = (node: Node): State => {
    const place = node.parents.join()
    const state = states.get(place) ?? stateBefore(node, verdicts)
    states.set(place, state)
    return state
  }

  const admit = (node: Node): void => {
    const { statement } = node
    // All that it builds on was done, and nothing else: then there is nothing to go through again.
    const before = node.depth === done ? state : stateFor(node)
    const allowed = node.parents.length === 0 || isAllowed(before, statement, statement.signer)
    const { signer, iat, hash } = statement
    const speaker = speakerOf(before, statement)
    const rank = rankOf(speaker.role)
    const isAnnulled = annulled.has(node.index)
    const invitation = before.invitations.get(signer) ?? null
    const acts = allowed ? (annulled.get(node.index) ?? statement.acts) : []
    ready.push({ node, speaker, rank, acts, origin: { signer, iat, hash, rank, isAnnulled, invitation } })
  }

  for (const node of nodes) if (node.parents.length === 0) admit(node)
  while (ready.length > 0) {
    ready.sort(byWeight)
    const next = ready.shift()!
    done += 1
    verdicts.push(next)
    for (const act of next.acts) apply(state, act, next.origin)
    for (const child of children[next.node.index]!) {
      waiting[child]! -= 1
      if (waiting[child] === 0) admit(nodes[child]!)
    }
  }
  return { verdicts, state }
}

const isJoin = (act: Act): boolean => act.do === 'join'
const isTaking = (act: Act): boolean => act.do === 'remove' || act.do === 'role' || act.do === 'revoke'

/**
 * Of what was said by somebody who was put out meanwhile: that they put out, in turn, whoever did that (removals unite).
 * Keys that they made stay known, since others may have written under them; none of them is the current one.
 */
const remnantOf = (said: Verdict, by: DeviceId, before: State): Remnant => {
  const person = before.devices.get(by)?.person
  return said.acts.flatMap((act): readonly Act[] => {
    if (act.do === 'rotate' || act.do === 'seal') return [act]
    if (act.do !== 'remove' || person === undefined) return []
    const devices = act.devices.filter(id => before.devices.get(id)?.person === person)
    return devices.length === 0 ? [] : [{ ...act, devices }]
  })
}

/** Whether `taking` could take a right from whoever said the other. */
const mayConcern = (said: Verdict, taking: Verdict): boolean => {
  const { signer, acts } = said.node.statement
  const isJoining = acts.some(isJoin)
  return taking.acts.some(
    act =>
      act.do === 'role' ||
      (isTaking(act) && isJoining) ||
      (act.do === 'remove' && act.devices.includes(signer)),
  )
}

/** What `taking` does, as far as its signer may do it to those who are there in `state`. */
const reaching = ({ acts, speaker }: Verdict, state: State): readonly Act[] =>
  acts
    .filter(isTaking)
    .map(act =>
      act.do === 'remove' ? { ...act, devices: act.devices.filter(id => isKnown(state, id)) } : act,
    )
    .filter(act => may(state, speaker, act))

/** Whether what `said` does would not be allowed, had its signer heard of `taking`. */
const isOverruled = (said: Verdict, taking: Verdict, verdicts: readonly Verdict[]): boolean => {
  const { statement } = said.node
  const before = stateBefore(said.node, verdicts)
  for (const act of reaching(taking, before)) apply(before, act, taking.origin)
  return !isAllowed(before, { ...statement, acts: said.acts }, statement.signer)
}

/** The next statement that annuls others, made at the same time: owners' before admins', then by hash. */
const nextAnnulment = (
  verdicts: readonly Verdict[],
  annulled: ReadonlyMap<number, Remnant>,
): ReadonlyMap<number, Remnant> | null => {
  const acting = verdicts.filter(({ acts }) => acts.length > 0)
  const takings = acting
    .filter(({ acts }) => acts.some(isTaking))
    .sort((a, b) => a.rank - b.rank || (a.node.statement.hash < b.node.statement.hash ? -1 : 1))
  for (const taking of takings) {
    const found = new Map<number, Remnant>()
    for (const said of acting) {
      if (annulled.has(said.node.index) || !isConcurrent(said.node, taking.node)) continue
      if (!mayConcern(said, taking)) continue
      // What an owner says stands against an admin's word.
      if (said.rank < taking.rank) continue
      if (!isOverruled(said, taking, verdicts)) continue
      found.set(
        said.node.index,
        remnantOf(said, taking.node.statement.signer, stateBefore(said.node, verdicts)),
      )
    }
    if (found.size > 0) return found
  }
  return null
}

/** The highest of those who were there before and built on it. */
const metBy = (join: Verdict, verdicts: readonly Verdict[]): number => {
  const before = stateBefore(join.node, verdicts)
  const meeting = verdicts.filter(
    ({ node, acts, origin }) =>
      acts.length > 0 && hasBit(node.ancestors, join.node.index) && before.devices.has(origin.signer),
  )
  return meeting.reduce((highest, { rank }) => Math.min(highest, rank), Number.POSITIVE_INFINITY)
}

/**
 * Of those who came by the same invitation for one use at the same time, all but one. Somebody whom others have met
 * stays: whoever finds the link afterwards cannot take their place.
 */
const tooLate = (verdicts: readonly Verdict[]): readonly Verdict[] => {
  const joins = verdicts.filter(({ acts, origin }) => acts.some(isJoin) && origin.invitation?.once)
  return [...Map.groupBy(joins, ({ origin }) => origin.signer).values()].flatMap(same => {
    if (same.length === 1) return []
    const ranked = same.map(join => ({ join, met: metBy(join, verdicts) }))
    ranked.sort((a, b) =>
      a.met === b.met ? (a.join.origin.hash < b.join.origin.hash ? -1 : 1) : a.met - b.met,
    )
    const stay: Verdict[] = []
    for (const { join } of ranked)
      if (!stay.some(other => isConcurrent(other.node, join.node))) stay.push(join)
    return same.filter(join => !stay.includes(join))
  })
}

const isOneLine = (nodes: readonly Node[]): boolean => nodes.every(({ depth, index }) => depth === index)

/** What has no effect, and what nothing with an effect builds on, is as if it had not been said. */
const standingNodes = (nodes: readonly Node[], verdicts: readonly Verdict[]): readonly Node[] => {
  const standing = new Uint32Array(nodes[0]?.ancestors.length ?? 0)
  for (const { node, acts } of verdicts) {
    if (acts.length === 0) continue
    setBit(standing, node.index)
    for (const [word, bits] of node.ancestors.entries()) standing[word]! |= bits
  }
  return nodes.filter(({ index }) => hasBit(standing, index))
}

interface Made {
  readonly epoch: number
  readonly node: Node
}

/** Epochs that no later one took the place of, in the order in which they count. */
const standingEpochs = (
  verdicts: readonly Verdict[],
  annulled: ReadonlyMap<number, Remnant>,
): readonly number[] => {
  const made: readonly Made[] = verdicts.flatMap(({ node, acts }) =>
    annulled.has(node.index)
      ? []
      : acts.flatMap(act => (act.do === 'rotate' ? [{ epoch: act.epoch, node }] : [])),
  )
  return made
    .filter(({ node }) => !made.some(later => hasBit(later.node.ancestors, node.index)))
    .map(({ epoch }) => epoch)
}

/** Of the standing epochs the last that nobody holds who is out; where there is none, the last. */
const currentEpoch = (state: State, standing: readonly number[]): { epoch: number; rotationDue: boolean } => {
  const isIn = (id: string): boolean =>
    state.devices.has(id) || state.invitations.has(id) || state.used.has(id)
  const clean = standing.findLast(epoch => [...state.epochs.get(epoch)!.copies.keys()].every(isIn))
  return { epoch: clean ?? standing.at(-1) ?? 0, rotationDue: clean === undefined }
}

/**
 * Whether a device has a copy of a root that is likely to open: of whoever made the epoch, of an owner or admin, or of the
 * invitation that it came with. A member who leaves others that do not open would else keep them from getting one.
 */
const isServed = (state: State, epoch: number, id: DeviceId): boolean => {
  const made = state.epochs.get(epoch)
  const via = state.devices.get(id)?.via
  return [...(made?.copies.get(id)?.keys() ?? [])].some(
    from => from === made?.origin.signer || from === via || rankOf(roleOf(state, from)) <= rankOf('admin'),
  )
}

const epochsOf = (state: State): ReadonlyMap<number, Epoch> =>
  new Map(
    [...state.epochs].map(([epoch, { check, former, copies }]) => [
      epoch,
      { check, former, roots: new Map([...copies].map(([id, by]) => [id, [...by.values()]])) },
    ]),
  )

/**
 * What a set of statements comes to: the same in whatever order they came, and on every device and relay. A statement
 * counts if its signer might say it by what they had heard. Where others said something at the same time that takes
 * this right from them, it does not count, but for the removal of the very one who did that: removals unite. What an
 * owner says goes before what an admin says. An owner always remains.
 */
export const judge = (ws: string, statements: Iterable<Statement>): Access => {
  const nodes = graphOf(statements, first => first.ws === ws && isFounding(first, first.signer))
  const annulled = new Map<number, Remnant>()
  let evaluation = evaluate(nodes, annulled)
  if (!isOneLine(nodes)) {
    for (const { node } of tooLate(evaluation.verdicts)) annulled.set(node.index, [])
    if (annulled.size > 0) evaluation = evaluate(nodes, annulled)
    for (;;) {
      const more = nextAnnulment(evaluation.verdicts, annulled)
      if (more === null) break
      for (const [index, remnant] of more) annulled.set(index, remnant)
      evaluation = evaluate(nodes, annulled)
    }
  }
  const { state, verdicts } = evaluation
  const { epoch, rotationDue } = currentEpoch(state, standingEpochs(verdicts, annulled))
  const copies = state.epochs.get(epoch)?.copies
  const standing = standingNodes(nodes, verdicts)
  return {
    ws,
    gen: standing.reduce((most, { statement }) => Math.max(most, statement.gen), 0),
    heads: headsOf(standing),
    ended: state.ended,
    devices: state.devices,
    roles: state.roles,
    invitations: state.invitations,
    cuts: state.cuts,
    epoch,
    epochs: epochsOf(state),
    rotationDue,
    rootless: [...state.devices.keys()].filter(id => !isServed(state, epoch, id)),
    copyless: [...state.devices.keys()].filter(id => !copies?.has(id)),
    standing: new Set(standing.map(({ statement }) => statement.hash)),
  }
}

/**
 * Whether a relay should take a statement that is new to it. One that came first stays: without this a second join by an
 * invitation for one use could put out the first, who was told that they are in.
 */
export const isWelcome = (before: Access, after: Access, statement: Statement): boolean =>
  after.standing.has(statement.hash) &&
  statement.acts.every(act => act.do !== 'join' || before.invitations.has(statement.signer))

export const roleOfDevice = (access: Pick<Access, 'devices' | 'roles'>, device: DeviceId): Role | null => {
  const known = access.devices.get(device)
  return known ? (access.roles.get(known.person) ?? null) : null
}

/** Whether a device may write in the workspace now. */
export const mayWrite = (access: Pick<Access, 'devices' | 'roles'>, device: DeviceId): boolean => {
  const role = roleOfDevice(access, device)
  return role !== null && role !== 'reader'
}

/** Whether an envelope counts: of those who may write no more, up to where they were cut off. */
export const mayStillCount = (
  access: Pick<Access, 'devices' | 'roles' | 'cuts'>,
  device: DeviceId,
  session: SessionId,
  sequence: number,
): boolean => mayWrite(access, device) || sequence <= (access.cuts.get(device)?.[session] ?? 0)
