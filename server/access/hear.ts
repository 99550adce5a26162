import type { Role } from '../../protocol/access/acts.ts'
import { type Access, judgeWithin } from '../../protocol/access/judge.ts'
import { roleOfDevice } from '../../protocol/access/rights.ts'
import { rankOf } from '../../protocol/access/state.ts'
import { headsDigest, readStatement, type Statement } from '../../protocol/access/statement.ts'
import { workUpTo } from '../../protocol/access/work.ts'
import type { WorkspaceId } from '../../protocol/ids.ts'
import { type Answer, type Refusal, refuse } from '../refusal.ts'
import type { Membership } from './membership.ts'
import type { Patience } from './patience.ts'
import { mayStillSay, NOTHING_SAID, type Said, stepsFor, withOne } from './shares.ts'

/** What became of statements that somebody brought. */
export interface Heard {
  /** With what is new; null where nothing is known still. */
  readonly membership: Membership | null
  /** What is to be stored, in order. */
  readonly taken: readonly Statement[]
  readonly refused: readonly RefusedStatement[]
}

export interface RefusedStatement extends Refusal {
  /** Its place among those that were brought. */
  readonly index: number
}

interface Candidate {
  readonly index: number
  readonly statement: Statement
}

const NO_WORKSPACE = refuse(
  'unknown-workspace',
  'This relay does not have the workspace. Send what is said about its members from the first statement on.',
)
const TOO_OFTEN = refuse('rate', 'Too much was said about the members at once. Try again in a minute.')
const NO_EFFECT: Refusal = {
  code: 'access-invalid',
  message: 'Whoever signed this may not say it, or no longer. Nothing was changed.',
}
const TOO_TANGLED: Refusal = {
  code: 'quota-bytes',
  message: 'So much was said about the members at the same time that this relay does not work it out.',
}
const NO_GROUND: Refusal = {
  code: 'access-conflict',
  message: 'This builds on something that the relay has not heard. Send that first.',
}
const ANOTHER_FIRST: Refusal = {
  code: 'access-conflict',
  message: 'The workspace begins with another statement here.',
}

/** Whom a statement brings in: what anybody else signs need not be judged. */
const namesIn = ({ acts }: Statement): readonly string[] =>
  acts.flatMap(act => {
    if (act.do === 'found' || act.do === 'join') return [act.device]
    return act.do === 'invite' ? [act.invitation] : []
  })

const isJoin = ({ acts }: Statement): boolean => acts.some(({ do: name }) => name === 'join')

/** Joins on which somebody who is a member here has built, of what is brought together. Parents come before children. */
const metAmong = (statements: readonly Statement[], access: Access | null): ReadonlySet<string> => {
  const met = new Set<string>()
  const joins = new Map<string, ReadonlySet<string>>()
  for (const statement of statements) {
    const below = new Set(statement.prev.flatMap(hash => [...(joins.get(hash) ?? [])]))
    if (access?.devices.has(statement.signer)) for (const join of below) met.add(join)
    joins.set(statement.hash, isJoin(statement) ? below.add(statement.hash) : below)
  }
  return met
}

/**
 * By hash, the highest role of whoever signed a statement, or has built on it here: what a relay has no room for must not
 * keep out the removal of its signer, which builds on it because somebody else had room. Parents come before children.
 */
const backingOf = (
  statements: readonly Statement[],
  access: Access | null,
): ReadonlyMap<string, Role | null> => {
  const backing = new Map<string, Role | null>()
  const back = (hash: string, role: Role | null): void => {
    if (rankOf(role) <= rankOf(backing.get(hash) ?? null)) backing.set(hash, role)
  }
  for (const { hash, signer, prev } of statements.toReversed()) {
    back(hash, access && roleOfDevice(access, signer))
    for (const below of prev) back(below, backing.get(hash)!)
  }
  return backing
}

interface Brought {
  readonly met: ReadonlySet<string>
  readonly backing: ReadonlyMap<string, Role | null>
}

/** Says whether statements fit in, one after the other, without judging them. */
const createGate = (access: Access | null, known: readonly Statement[], { met, backing }: Brought) => {
  const heard = new Map<string, Statement>()
  const names = new Set<string>()
  const bySigner = new Map<string, Said>()
  let all: Said = NOTHING_SAID

  const take = (statement: Statement): void => {
    const { hash, signer, text } = statement
    heard.set(hash, statement)
    for (const name of namesIn(statement)) names.add(name)
    bySigner.set(signer, withOne(bySigner.get(signer), text))
    all = withOne(all, text)
  }
  for (const statement of known) take(statement)
  const namesBefore = new Set(names)

  /**
   * Who came first stays: a second join by an invitation for one use could otherwise put out the first, who was told
   * that they are in. Where others have met the second one, this relay was the one to be late.
   */
  const comesTooLate = (statement: Statement): boolean =>
    isJoin(statement) &&
    namesBefore.has(statement.signer) &&
    !access?.invitations.has(statement.signer) &&
    !met.has(statement.hash)

  const whatIsWrong = (statement: Statement): Refusal | null => {
    const { prev, signer, text, hash } = statement
    if (prev.length === 0) return heard.size === 0 ? null : ANOTHER_FIRST
    if (!prev.every(hash => heard.has(hash))) return NO_GROUND
    if (!names.has(signer) || comesTooLate(statement)) return NO_EFFECT
    const room = mayStillSay(
      backing.get(hash) ?? null,
      withOne(all, text),
      withOne(bySigner.get(signer), text),
    )
    return room.ok ? null : room.error
  }

  return { heard, whatIsWrong, take }
}

/**
 * Takes in what somebody says about the members of a workspace, or passes on: it proves itself. What is known is passed
 * over, and what has an effect only together is judged together. Errors: `unknown-workspace`, `rate`; all other refusals are of one statement.
 */
export const hear = async (
  workspace: WorkspaceId,
  before: Membership | null,
  texts: readonly string[],
  patience: Patience,
): Promise<Answer<Heard>> => {
  const known = before?.statements ?? []
  const knownTexts = new Set(known.map(({ text }) => text))
  const wrong: RefusedStatement[] = []
  const refused = (): readonly RefusedStatement[] => wrong.toSorted((a, b) => a.index - b.index)
  const brought: Candidate[] = []
  for (const [index, text] of texts.entries()) {
    if (knownTexts.has(text)) continue
    const read = await readStatement(workspace, text)
    const isFirstHere = known.length === 0 && brought.length === 0
    if (read.ok && isFirstHere && read.value.prev.length > 0) return NO_WORKSPACE
    if (read.ok) brought.push({ index, statement: read.value })
    else wrong.push({ index, code: 'access-invalid', message: read.error.message })
  }
  const news = brought.map(({ statement }) => statement)
  const accessBefore = before?.access ?? null
  const backing = backingOf(news, accessBefore)
  const gate = createGate(accessBefore, known, { met: metAmong(news, accessBefore), backing })
  const candidates: Candidate[] = []
  for (const { index, statement } of brought) {
    if (gate.heard.has(statement.hash)) continue
    const refusal = gate.whatIsWrong(statement)
    if (refusal === null) {
      gate.take(statement)
      candidates.push({ index, statement })
    } else wrong.push({ index, ...refusal })
  }
  if (candidates.length === 0)
    return { ok: true, value: { membership: before, taken: [], refused: refused() } }
  const signers = new Set(candidates.map(({ statement }) => statement.signer))
  if (![...signers].every(patience.has)) return TOO_OFTEN
  const work = workUpTo(stepsFor(candidates.map(({ statement }) => backing.get(statement.hash) ?? null)))
  const access = judgeWithin(work, workspace, gate.heard.values())
  // Owners must be heard, however much the others have said.
  for (const signer of signers)
    if (!accessBefore || roleOfDevice(accessBefore, signer) !== 'owner') patience.tried(signer, work.spent())
  if (access === null) {
    wrong.push(...candidates.map(({ index }) => ({ index, ...TOO_TANGLED })))
    return { ok: true, value: { membership: before, taken: [], refused: refused() } }
  }
  const taken: Statement[] = []
  for (const { index, statement } of candidates)
    if (access.standing.has(statement.hash)) taken.push(statement)
    else wrong.push({ index, ...NO_EFFECT })
  if (taken.length === 0) return { ok: true, value: { membership: before, taken, refused: refused() } }
  // What has no effect is as if it had not been said: without it the same comes out.
  const digest = await headsDigest(access.heads)
  const membership = { statements: [...known, ...taken], access, digest }
  return { ok: true, value: { membership, taken, refused: refused() } }
}
