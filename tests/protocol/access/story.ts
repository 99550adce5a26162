import type { Act, Cuts, Role } from '../../../protocol/access/acts.ts'
import { type Access, judge } from '../../../protocol/access/judge.ts'
import type { Statement } from '../../../protocol/access/statement.ts'

const LETTERS = 43

/** A name as long as a thumbprint, so that stories can call people by letters. */
export const named = (name: string): string => name.padEnd(LETTERS, 'A')
export const WORKSPACE = named('workspace')
const KEY = named('key')

let hashes = 0

interface Told {
  readonly by: string
  /** What its maker had heard; nothing for the first. */
  readonly after: readonly Statement[]
  readonly acts: readonly Act[]
  readonly iat?: number
  readonly hash?: string
}

/** A statement without a signature: judging begins behind that check. */
export const say = ({ by, after, acts, iat = 1000, hash }: Told): Statement => {
  const heads = after.filter(one => !after.some(other => other.prev.includes(one.hash)))
  hashes += 1
  return {
    ws: WORKSPACE,
    gen: heads.reduce((most, { gen }) => Math.max(most, gen + 1), 0),
    prev: heads.map(head => head.hash).sort(),
    iat,
    acts,
    signer: by,
    text: '',
    hash: hash ?? named(`h${String(hashes).padStart(6, '0')}`),
  }
}

export const rotate = (epoch: number, ...readers: readonly string[]): Act => ({
  do: 'rotate',
  epoch,
  check: KEY,
  roots: Object.fromEntries(readers.map(id => [id, 'sealed'])),
  former: {},
})

export const found = (owner: string): Statement =>
  say({
    by: WORKSPACE,
    after: [],
    acts: [{ do: 'found', device: owner, sealing: KEY, card: null }, rotate(1, owner)],
  })

interface Inviting {
  readonly once?: boolean
  readonly exp?: number | null
  readonly person?: string
}

export const invite = (
  invitation: string,
  role: Role | null,
  { once = true, exp = 5000, person }: Inviting = {},
): Act => ({
  do: 'invite',
  invitation,
  role,
  person: person ?? null,
  exp,
  once,
  sealing: KEY,
  card: null,
})

export const join = (device: string, epoch = 1): Act => ({
  do: 'join',
  device,
  sealing: KEY,
  card: null,
  proof: '',
  root: { epoch, sealed: 'sealed' },
})

export const remove = (devices: readonly string[], cuts: Cuts = {}): Act => ({ do: 'remove', devices, cuts })

/** A relay by one letter. Its card, null where it is named no more, is whatever its maker sealed. */
export const relay = (letter: string, card: string | null): Act => ({
  do: 'relay',
  relay: `${letter.repeat(21)}A`,
  card,
})

/** The cards of the relays that are named. */
export const cardsOf = (statements: readonly Statement[]): string[] =>
  [...judged(statements).relays.values()].map(({ card }) => card)

export const judged = (statements: readonly Statement[]): Access => judge(WORKSPACE, statements)

/** People as letters, each with one device, let in one after the other by the first of them. */
export const workspaceOf = (owner: string, others: Readonly<Record<string, Role>> = {}): Statement[] => {
  const all = [found(owner)]
  for (const [name, role] of Object.entries(others)) {
    const invitation = named(`invitation-${name}`.slice(0, LETTERS))
    all.push(say({ by: owner, after: all, acts: [invite(invitation, role)] }))
    all.push(say({ by: invitation, after: all, acts: [join(name)] }))
  }
  return all
}
