import type { DeviceId, NamedRelayId } from '../ids.ts'
import type { Cut, InvitationId, PersonId, Role } from './acts.ts'
import { createAnnulments, tooLate } from './annulments.ts'
import { isFounding } from './authority.ts'
import { graphOf, hasBit, headsOf, type Node, setBit } from './graph.ts'
import {
  type Device,
  type Epoch,
  type Invitation,
  type RelayNaming,
  rankOf,
  roleOf,
  type State,
} from './state.ts'
import type { Statement } from './statement.ts'
import { evaluate, type Remnant, type Verdict } from './verdicts.ts'
import { TooMuchWork, type Work, workUpTo } from './work.ts'

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
  /** The relays that all devices use: those that owners named, then those of admins. */
  readonly relays: ReadonlyMap<NamedRelayId, RelayNaming>
  /** Somebody who is out holds the root of the epoch: an admin owes a new one. */
  readonly rotationDue: boolean
  /** Devices that came without the root of the epoch, or got no copy of it from somebody above editors: owed to them. */
  readonly rootless: readonly DeviceId[]
  /** Those of them to whom nobody at all has left a copy. Whether one opens, only its reader can tell. */
  readonly copyless: readonly DeviceId[]
  /** Hashes of the statements that have an effect, and of those that they build on: all that is worth keeping. */
  readonly standing: ReadonlySet<string>
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
const currentEpoch = (state: State, made: readonly number[]): { epoch: number; rotationDue: boolean } => {
  // Nothing is done any more once the workspace has ended, also of what was said at the same time.
  const standing = made.filter(epoch => state.epochs.has(epoch))
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

interface Judged {
  readonly access: Access
  /** Everything has an effect, or something that has one builds on it. */
  readonly isAll: boolean
}

const judgeOnce = (ws: string, statements: Iterable<Statement>, work: Work): Judged => {
  const nodes = graphOf(statements, first => first.ws === ws && isFounding(first, first.signer))
  const annulled = new Map<number, Remnant>()
  let evaluation = evaluate(nodes, annulled, work)
  if (!isOneLine(nodes)) {
    for (const { node } of tooLate(evaluation.verdicts, work)) annulled.set(node.index, [])
    if (annulled.size > 0) evaluation = evaluate(nodes, annulled, work)
    const annulments = createAnnulments(work)
    for (;;) {
      const more = annulments.next(evaluation.verdicts, annulled)
      if (more === null) break
      for (const [index, remnant] of more) annulled.set(index, remnant)
      evaluation = evaluate(nodes, annulled, work)
    }
  }
  const { state, verdicts } = evaluation
  const { epoch, rotationDue } = currentEpoch(state, standingEpochs(verdicts, annulled))
  const copies = state.epochs.get(epoch)?.copies
  const standing = standingNodes(nodes, verdicts)
  const access: Access = {
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
    relays: new Map([...state.relays].sort(([, a], [, b]) => a.rank - b.rank)),
    rotationDue,
    rootless: [...state.devices.keys()].filter(id => !isServed(state, epoch, id)),
    copyless: [...state.devices.keys()].filter(id => !copies?.has(id)),
    standing: new Set(standing.map(({ statement }) => statement.hash)),
  }
  return { access, isAll: standing.length === nodes.length }
}

/**
 * What a set of statements comes to: the same in whatever order they came, and on every device and relay. A statement
 * counts if its signer might say it by what they had heard. Where others said something at the same time that takes
 * this right from them, it does not count, but for the removal of the very one who did that: removals unite. What an
 * owner says goes before what an admin says. An owner always remains.
 */
export const judge = (
  ws: string,
  statements: Iterable<Statement>,
  work: Work = workUpTo(Number.POSITIVE_INFINITY),
): Access => {
  let known = [...statements]
  for (;;) {
    const { access, isAll } = judgeOnce(ws, known, work)
    if (isAll) return access
    // What has no effect is not kept, so it must not matter who has heard it.
    known = known.filter(({ hash }) => access.standing.has(hash))
  }
}

/** Null where it takes more steps than it may. */
export const judgeWithin = (work: Work, ws: string, statements: Iterable<Statement>): Access | null => {
  try {
    return judge(ws, statements, work)
  } catch (error) {
    if (error instanceof TooMuchWork) return null
    throw error
  }
}

/**
 * Whether a relay should take a statement that is new to it. One that came first stays: without this a second join by an
 * invitation for one use could put out the first, who was told that they are in.
 */
export const isWelcome = (before: Access, after: Access, statement: Statement): boolean =>
  after.standing.has(statement.hash) &&
  statement.acts.every(act => act.do !== 'join' || before.invitations.has(statement.signer))
