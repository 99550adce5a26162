import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Act, Role } from '../../../protocol/access/acts.ts'
import type { Access } from '../../../protocol/access/judge.ts'
import type { Statement } from '../../../protocol/access/statement.ts'
import { found, invite, join, judged, named, relay, remove, rotate, say } from './story.ts'

const ann = named('ann')
const eve = named('eve')
const others = ['p0', 'p1', 'p2', 'p3'].map(named)
const people = [ann, eve, ...others]
const linkOf = (person: string): string => named(`link-${person}`.replaceAll('A', '').slice(0, 20))
const ROLES: readonly Role[] = ['owner', 'admin', 'editor', 'reader']
const LETTERS = ['r', 's', 't', 'u']
const MANY_RUNS_MS = 600_000
/** `RUNS=20000 vitest …` looks longer. */
const numRuns = Number(process.env.RUNS ?? 1500)

/** What honest members do one after the other, each having heard all. */
const honest = fc.record({
  kind: fc.constantFrom('let-in', 'invite', 'join', 'role', 'remove', 'rotate', 'revoke', 'relay', 'unrelay'),
  person: fc.nat(others.length - 1),
  role: fc.constantFrom(...ROLES),
  once: fc.boolean(),
})
/** What she says, as if she had heard only so much of the rest. */
const evil = fc.record({
  kind: fc.constantFrom(
    'remove',
    'role',
    'revoke',
    'invite',
    'take-link',
    'join',
    'rotate',
    'seal',
    'card',
    'relay',
    'unrelay',
    'end',
  ),
  person: fc.nat(59),
  role: fc.constantFrom(...ROLES),
  heard: fc.nat(),
  number: fc.nat(3),
  knowsOwn: fc.boolean(),
})
type Honest = typeof honest extends fc.Arbitrary<infer T> ? T : never
type Evil = typeof evil extends fc.Arbitrary<infer T> ? T : never

const adding =
  (all: Statement[]) =>
  (by: string, ...acts: Act[]): void =>
    void all.push(say({ by, after: all, acts }))

const lettingIn =
  (all: Statement[], by: string) =>
  (person: string, role: Role, once = true): void => {
    adding(all)(by, invite(linkOf(person), role, { once }))
    adding(all)(linkOf(person), join(person))
  }

const playHonest = (
  steps: readonly Honest[],
  eves: Role,
  comesAt: number,
  speaker = ann,
  begun: readonly Statement[] = [found(ann)],
): Statement[] => {
  const all = [...begun]
  const add = adding(all)
  const letIn = lettingIn(all, speaker)
  for (const [index, { kind, person: number, role, once }] of steps.entries()) {
    if (speaker === ann && index === comesAt % (steps.length + 1)) letIn(eve, eves)
    const person = others[number]!
    const acts: Partial<Record<typeof kind, () => void>> = {
      'let-in': () => letIn(person, role, once),
      invite: () => add(speaker, invite(linkOf(person), role, { once })),
      join: () => add(linkOf(person), join(person)),
      role: () => add(speaker, { do: 'role', person, role, cuts: {} }),
      remove: () => add(speaker, remove([person])),
      revoke: () => add(speaker, { do: 'revoke', invitation: linkOf(person) }),
      relay: () => add(speaker, relay(LETTERS[number]!, `theirs ${index}`)),
      unrelay: () => add(speaker, relay(LETTERS[number]!, null)),
      rotate: () => add(speaker, rotate(10 + index, ...judged(all).devices.keys())),
    }
    acts[kind]!()
  }
  if (speaker === ann && !judged(all).devices.has(eve)) letIn(eve, eves)
  return all
}

const playEvil = (
  before: readonly Statement[],
  steps: readonly Evil[],
  targets: readonly string[] = people,
): Statement[] => {
  const said: Statement[] = []
  for (const [index, { kind, person: number, role, heard, number: which, knowsOwn }] of steps.entries()) {
    const after = [...before.slice(0, 1 + (heard % before.length)), ...(knowsOwn ? said : [])]
    const person = targets[number % targets.length]!
    const hers = named(`hers${which}`)
    const acts: Record<typeof kind, Act> = {
      remove: remove([person]),
      role: { do: 'role', person, role, cuts: {} },
      revoke: { do: 'revoke', invitation: linkOf(person) },
      invite: invite(hers, null, { person: eve, once: which % 2 === 0 }),
      'take-link': invite(linkOf(person), which % 2 ? role : null, which % 2 ? {} : { person: eve }),
      join: join(named(`device${index}`)),
      rotate: rotate(10 + (heard % 12), eve, person),
      seal: { do: 'seal', epoch: 1 + (heard % 20), roots: { [person]: 'junk' } },
      card: { do: 'card', device: person, card: 'hers' },
      relay: relay(LETTERS[which]!, 'hers'),
      unrelay: relay(LETTERS[which]!, null),
      end: { do: 'end' },
    }
    // Whoever says it may try until its hash comes before the others'.
    const isEarly = (number + which) % 2 === 0
    const hash = isEarly ? { hash: named(`0${index}-${heard}`) } : {}
    said.push(say({ by: kind === 'join' ? hers : eve, after, acts: [acts[kind]], ...hash }))
  }
  return said
}

/** All that is not about her own devices and invitations. */
const ofOthers = ({ ended, devices, roles, invitations, cuts, relays, epoch, epochs, rootless }: Access) => ({
  ended,
  devices: [...devices].filter(([, { person }]) => person !== eve),
  roles: [...roles].filter(([person]) => person !== eve),
  invitations: [...invitations].filter(([, { by }]) => by !== eve),
  cuts: [...cuts].filter(([id]) => people.includes(id) && id !== eve),
  relays: [...relays],
  epoch,
  check: epochs.get(epoch)?.check,
  rootless: rootless.filter(id => people.includes(id) && id !== eve),
  roots: [...(epochs.get(epoch)?.roots ?? [])]
    .filter(([id, copies]) => id !== eve && people.includes(id) && copies.some(copy => copy !== 'junk'))
    .map(([id, copies]) => [id, copies.filter(copy => copy !== 'junk')]),
})

const sorted = (access: Access) =>
  JSON.parse(JSON.stringify(ofOthers(access)), (_, value) =>
    Array.isArray(value) ? value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : value,
  )

const cases = fc.record({
  steps: fc.array(honest, { maxLength: 8 }),
  comesAt: fc.nat(8),
  said: fc.array(evil, { minLength: 1, maxLength: 4 }),
})

describe('whatever a member says, and whatever she claims not to have heard', () => {
  it.each(['reader', 'editor'] as const)(
    'she changes nothing about others: %s',
    role => {
      fc.assert(
        fc.property(cases, ({ steps, comesAt, said }) => {
          const before = playHonest(steps, role, comesAt)
          expect(sorted(judged([...before, ...playEvil(before, said)]))).toEqual(sorted(judged(before)))
        }),
        { numRuns },
      )
    },
    MANY_RUNS_MS,
  )

  it(
    'she changes nothing about owners, and makes none: admin',
    () => {
      fc.assert(
        fc.property(cases, ({ steps, comesAt, said }) => {
          // Who came as less is an owner by a later word, and she can still take back the link that they came by.
          const asTheyCame = steps.filter(({ kind, role }) => kind !== 'role' || role !== 'owner')
          const before = playHonest(asTheyCame, 'admin', comesAt)
          const owners = (access: Access) =>
            [...access.devices.keys()]
              .filter(id => access.roles.get(access.devices.get(id)!.person) === 'owner')
              .sort()
          const [was, is] = [judged(before), judged([...before, ...playEvil(before, said)])]
          expect(owners(is)).toEqual(owners(was))
          expect(is.ended).toBe(was.ended)
        }),
        { numRuns },
      )
    },
    MANY_RUNS_MS,
  )

  it(
    'she changes nothing at all after an owner has removed her',
    () => {
      fc.assert(
        fc.property(cases, fc.constantFrom(...ROLES.slice(1)), ({ steps, comesAt, said }, role) => {
          const before = playHonest(steps, role, comesAt)
          const removal = say({
            by: ann,
            after: before,
            acts: [
              remove([eve]),
              rotate(5000, ...[...judged(before).devices.keys()].filter(id => id !== eve)),
            ],
          })
          const out = judged([...before, removal])
          const after = judged([...before, removal, ...playEvil(before, said)])
          expect(after.devices.has(eve)).toBe(false)
          expect(sorted(after)).toEqual(sorted(out))
          expect(after.rotationDue).toBe(false)
        }),
        { numRuns },
      )
    },
    MANY_RUNS_MS,
  )

  it(
    'she takes nobody along but the admin who removed her, and undoes nothing that others have said',
    () => {
      fc.assert(
        fc.property(cases, fc.array(honest, { maxLength: 5 }), ({ steps, said }, later) => {
          const [bob, cid] = [named('bob'), named('cid')]
          const begun = [found(ann)]
          for (const admin of [bob, cid, eve]) lettingIn(begun, ann)(admin, 'admin')
          const early = playHonest(steps, 'admin', 0, cid, begun)
          const removal = say({ by: bob, after: early, acts: [remove([eve])] })
          const all = playHonest(later, 'admin', 0, cid, [...early, removal])
          const people = (access: Access) => {
            const { devices, roles, invitations } = sorted(access)
            return { devices, roles, invitations }
          }
          const withoutBob = judged([...all, say({ by: ann, after: all, acts: [remove([bob])] })])
          const after = judged([...all, ...playEvil(early, said, [ann, bob, cid, ...others])])
          expect(after.devices.has(eve)).toBe(false)
          const expected = after.devices.has(bob) ? judged(all) : withoutBob
          expect(people(after)).toEqual(people(expected))
        }),
        { numRuns },
      )
    },
    MANY_RUNS_MS,
  )
})
