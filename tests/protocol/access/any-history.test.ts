import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Act, Role } from '../../../protocol/access/acts.ts'
import type { Access } from '../../../protocol/access/judge.ts'
import { roleOfDevice } from '../../../protocol/access/rights.ts'
import type { Statement } from '../../../protocol/access/statement.ts'
import { invite, join, judged, named, remove, rotate, say, workspaceOf } from './story.ts'

const MANY_RUNS_MS = 600_000
/** `RUNS=20000 vitest …` looks longer. */
const numRuns = Number(process.env.RUNS ?? 1000)

const people = ['p0', 'p1', 'p2', 'p3', 'p4'].map(named)
/** Who is not there at first, but may come. */
const everyone = [...people, ...['late0', 'late1', 'late2'].map(named)]
const ROLES: readonly Role[] = ['owner', 'admin', 'editor', 'reader']

const step = fc.record({
  by: fc.nat(everyone.length - 1),
  target: fc.nat(everyone.length - 1),
  kind: fc.constantFrom(
    'remove',
    'leave',
    'role',
    'invite',
    'link own',
    'join',
    'rotate',
    'remove and rotate',
    'revoke',
    'seal',
    'card',
    'name relay',
    'drop relay',
    'end',
  ),
  role: fc.constantFrom(...ROLES),
  once: fc.boolean(),
  link: fc.nat(4),
  /** Null: all. Otherwise some, with what those build on. */
  heard: fc.option(fc.array(fc.nat(40), { maxLength: 3 })),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Some statements and all that those build on, in the order of `all`. */
const withGround = (some: readonly Statement[], all: readonly Statement[]): Statement[] => {
  const hashes = new Set(some.map(({ hash }) => hash))
  for (const { hash, prev } of all.toReversed())
    if (hashes.has(hash)) for (const below of prev) hashes.add(below)
  return all.filter(({ hash }) => hashes.has(hash))
}

const actsOf = ({ by, target, kind, role, once, link }: Step, index: number): readonly Act[] => {
  const [self, other, id] = [everyone[by]!, everyone[target]!, named(`link${link}`)]
  switch (kind) {
    case 'remove':
      return [remove([other])]
    case 'leave':
      return [remove([self])]
    case 'role':
      return [{ do: 'role', person: other, role, cuts: {} }]
    case 'invite':
      return [invite(id, role, { once })]
    case 'link own':
      return [invite(id, null, { person: self, once, exp: null })]
    case 'join':
      return [join(other)]
    case 'rotate':
      return [rotate(100 + (index % 6), ...everyone.slice(0, target + 1))]
    case 'remove and rotate':
      return [remove([other]), rotate(200 + index, ...everyone.filter(one => one !== other))]
    case 'revoke':
      return [{ do: 'revoke', invitation: id }]
    case 'seal':
      return [{ do: 'seal', epoch: 100 + link, roots: { [other]: 'sealed' } }]
    case 'card':
      return [{ do: 'card', device: other, card: `${index}` }]
    case 'name relay':
      return [{ do: 'relay', relay: `relay${link}`, card: `${index}` }]
    case 'drop relay':
      return [{ do: 'relay', relay: `relay${link}`, card: null }]
    case 'end':
      // Seldom, since nothing counts after it.
      return index % 7 === 0 ? [{ do: 'end' }] : [remove([other, self])]
  }
}

const play = (steps: readonly Step[]): Statement[] => {
  const all = workspaceOf(people[0]!, {
    [people[1]!]: 'owner',
    [people[2]!]: 'admin',
    [people[3]!]: 'admin',
    [people[4]!]: 'reader',
  })
  const base = all.length
  for (const [index, one] of steps.entries()) {
    const some = one.heard?.map(place => all[place % all.length]!) ?? all
    const after = withGround([all[base - 1]!, ...some], all)
    const by = one.kind === 'join' ? named(`link${one.link}`) : everyone[one.by]!
    all.push(say({ by, after, acts: actsOf(one, index) }))
  }
  return all
}

const shuffled = (all: readonly Statement[], numbers: fc.Stream<number>): Statement[] =>
  all
    .map(statement => ({ statement, weight: numbers.next().value as number }))
    .sort((a, b) => a.weight - b.weight)
    .map(({ statement }) => statement)

const ownersOf = (access: Access): string[] =>
  [...access.devices.keys()].filter(id => roleOfDevice(access, id) === 'owner')

const histories = fc.array(step, { maxLength: 16 })
const orders = fc.infiniteStream(fc.nat())

describe('whatever is said by whomever, having heard of whatever', () => {
  it(
    'comes to the same in whatever order it is heard; an owner remains, and nobody without a role',
    () => {
      fc.assert(
        fc.property(histories, orders, (steps, numbers) => {
          const all = play(steps)
          const access = judged(all)
          expect(judged(shuffled(all, numbers))).toEqual(access)
          expect(ownersOf(access)).not.toEqual([])
          for (const { person } of access.devices.values()) expect(access.roles.has(person)).toBe(true)
          for (const { by } of access.invitations.values()) expect(access.devices.has(by)).toBe(true)
        }),
        { numRuns },
      )
    },
    MANY_RUNS_MS,
  )

  it(
    'comes to the same without what has no effect',
    () => {
      fc.assert(
        fc.property(histories, steps => {
          const all = play(steps)
          const access = judged(all)
          expect(judged(all.filter(({ hash }) => access.standing.has(hash)))).toEqual(access)
        }),
        { numRuns },
      )
    },
    MANY_RUNS_MS,
  )

  it(
    'comes to the same on two devices that heard it one by one and let go of what had no effect, once they meet',
    () => {
      fc.assert(
        fc.property(histories, orders, (steps, numbers) => {
          const all = play(steps)
          const standing = (some: readonly Statement[]): Statement[] => {
            const { standing: kept } = judged(some)
            return some.filter(({ hash }) => kept.has(hash))
          }
          // Each hears in its own order; what builds on something that it has not heard comes again later.
          const hear = (order: readonly Statement[]): Statement[] => {
            let known = standing(all.slice(0, 1))
            for (let round = 0; round < 2; round += 1)
              for (const one of withOrder(order))
                if (!known.includes(one) && one.prev.every(hash => known.some(other => other.hash === hash)))
                  known = standing([...known, one])
            return known
          }
          const withOrder = (order: readonly Statement[]) => order.toSorted((a, b) => a.gen - b.gen)
          let [one, other] = [hear(shuffled(all, numbers)), hear(shuffled(all, numbers))]
          for (let meeting = 0; meeting < 10; meeting += 1)
            [one, other] = [
              standing([...new Set([...one, ...other])]),
              standing([...new Set([...other, ...one])]),
            ]
          expect(judged(one)).toEqual(judged(other))
        }),
        { numRuns: Math.min(numRuns, 5000) },
      )
    },
    MANY_RUNS_MS,
  )
})
