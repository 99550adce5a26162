import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Act, Role } from '../../../protocol/access/acts.ts'
import { mayStillCount, mayWrite, roleOfDevice } from '../../../protocol/access/rights.ts'
import type { Statement } from '../../../protocol/access/statement.ts'
import {
  cardsOf,
  found,
  invite,
  join,
  judged,
  named,
  relay,
  remove,
  rotate,
  say,
  WORKSPACE,
  workspaceOf,
} from './story.ts'

const [ann, bob, cid, dora] = ['ann', 'bob', 'cid', 'dora'].map(named) as [string, string, string, string]
/** On a machine that is busy with other work. */
const MANY_RUNS_MS = 60_000
const SESSION = 'AAAAAAAAAAAAAAAAAAAAAA'

const members = (statements: readonly Statement[]): string[] => [...judged(statements).devices.keys()].sort()

describe('who belongs to a workspace', () => {
  it('begins with the one who made it', () => {
    const access = judged([found(ann)])
    expect(roleOfDevice(access, ann)).toBe('owner')
    expect(access.epoch).toBe(1)
    expect(access.rotationDue).toBe(false)
    expect(access.rootless).toEqual([])
  })

  it('is nobody where the first statement is not signed by the workspace', () => {
    const forged = say({ by: ann, after: [], acts: found(ann).acts })
    expect(judged([forged]).devices.size).toBe(0)
  })

  it('lets in who has an invitation, in its role, once where it is for one use', () => {
    const link = named('link')
    const all = workspaceOf(ann)
    all.push(say({ by: ann, after: all, acts: [invite(link, 'editor')] }))
    all.push(say({ by: link, after: all, acts: [join(bob)] }))
    all.push(say({ by: link, after: all, acts: [join(cid)] }))
    const access = judged(all)
    expect(roleOfDevice(access, bob)).toBe('editor')
    expect(access.devices.has(cid)).toBe(false)
    expect(access.rotationDue).toBe(false)
  })

  it('lets several in by a link for several, until it has run out', () => {
    const link = named('link')
    const all = workspaceOf(ann)
    all.push(say({ by: ann, after: all, acts: [invite(link, 'reader', { once: false, exp: 2000 })] }))
    all.push(say({ by: link, after: all, acts: [join(bob)], iat: 2000 }))
    all.push(say({ by: link, after: all, acts: [join(cid)], iat: 2061 }))
    expect(members(all)).toEqual([ann, bob])
  })

  it('takes a device of the same person in their role', () => {
    const link = named('link')
    const all = workspaceOf(ann, { [bob]: 'editor' })
    all.push(say({ by: bob, after: all, acts: [invite(link, null, { person: bob })] }))
    all.push(say({ by: link, after: all, acts: [join(cid)] }))
    const access = judged(all)
    expect(roleOfDevice(access, cid)).toBe('editor')
    expect(access.devices.get(cid)?.person).toBe(bob)
  })

  it.each<[string, Role, Act]>([
    ['an editor invites', 'editor', invite(named('x'), 'reader')],
    ['a reader removes', 'reader', remove([ann])],
    ['an admin removes an owner', 'admin', remove([ann])],
    ['an admin makes themselves an owner', 'admin', { do: 'role', person: bob, role: 'owner', cuts: {} }],
    ['an admin invites an owner', 'admin', invite(named('x'), 'owner')],
    ['an admin deletes the workspace', 'admin', { do: 'end' }],
    ['an editor changes the keys', 'editor', rotate(9, ann)],
    ['somebody invites a device for another person', 'admin', invite(named('x'), null, { person: ann })],
    ['an invitation for people that does not run out', 'admin', invite(named('x'), 'reader', { exp: null })],
  ])('has no effect: %s', (_what, role, act) => {
    const before = workspaceOf(ann, { [bob]: role })
    const after = judged([...before, say({ by: bob, after: before, acts: [act] })])
    expect(after).toEqual(judged(before))
  })

  it('keeps an owner: the last can neither leave nor become less', () => {
    const all = workspaceOf(ann, { [bob]: 'editor' })
    all.push(say({ by: ann, after: all, acts: [remove([ann])] }))
    all.push(say({ by: ann, after: all, acts: [{ do: 'role', person: ann, role: 'reader', cuts: {} }] }))
    expect(roleOfDevice(judged(all), ann)).toBe('owner')
  })

  it('ends invitations with those who made them, and links for several with whoever came by them', () => {
    const [byBob, open] = [named('by-bob'), named('open')]
    const all = workspaceOf(ann, { [bob]: 'admin' })
    all.push(say({ by: bob, after: all, acts: [invite(byBob, 'editor')] }))
    all.push(say({ by: ann, after: all, acts: [invite(open, 'editor', { once: false })] }))
    all.push(say({ by: open, after: all, acts: [join(cid)] }))
    all.push(say({ by: ann, after: all, acts: [remove([bob, cid])] }))
    expect(judged(all).invitations.size).toBe(0)
  })
})

describe('what was said at the same time', () => {
  it('lets no one join by an invitation that was taken back meanwhile', () => {
    const link = named('link')
    const all = workspaceOf(ann)
    all.push(say({ by: ann, after: all, acts: [invite(link, 'editor')] }))
    const joined = say({ by: link, after: all, acts: [join(bob)] })
    const revoked = say({ by: ann, after: all, acts: [{ do: 'revoke', invitation: link }] })
    expect(members([...all, joined, revoked])).toEqual([ann])
  })

  it('unites removals', () => {
    const all = workspaceOf(ann, { [bob]: 'admin', [cid]: 'editor', [dora]: 'editor' })
    const first = say({ by: ann, after: all, acts: [remove([cid])] })
    const second = say({ by: bob, after: all, acts: [remove([dora])] })
    expect(members([...all, first, second])).toEqual([ann, bob])
  })

  it('gives whoever was removed no say', () => {
    const all = workspaceOf(ann, { [bob]: 'admin', [cid]: 'editor' })
    const link = named('late')
    const removal = say({ by: ann, after: all, acts: [remove([bob])] })
    const late = say({ by: bob, after: all, acts: [remove([cid]), invite(link, 'admin')] })
    const child = say({ by: link, after: [...all, late], acts: [join(dora)] })
    expect(members([...all, removal, late, child])).toEqual([ann, cid])
  })

  it('puts both out where two admins remove each other, and nobody else whom they name', () => {
    const all = workspaceOf(ann, { [bob]: 'admin', [cid]: 'admin', [dora]: 'editor' })
    const one = say({ by: bob, after: all, acts: [remove([cid, dora])] })
    const other = say({ by: cid, after: all, acts: [remove([bob])] })
    expect(members([...all, one, other])).toEqual([ann, dora])
  })

  it('keeps one of two owners who remove each other, the same one everywhere', () => {
    const all = workspaceOf(ann, { [bob]: 'owner' })
    const one = say({ by: ann, after: all, acts: [remove([bob])] })
    const other = say({ by: bob, after: all, acts: [remove([ann])] })
    const left = members([...all, one, other])
    expect(left).toHaveLength(1)
    expect(members([other, ...all.toReversed(), one])).toEqual(left)
  })

  it('lets the owner stand where an admin says something else of the same person', () => {
    const all = workspaceOf(ann, { [bob]: 'admin', [cid]: 'editor' })
    const byAdmin = say({
      by: bob,
      after: all,
      acts: [{ do: 'role', person: cid, role: 'reader', cuts: {} }],
    })
    const byOwner = say({ by: ann, after: all, acts: [{ do: 'role', person: cid, role: 'admin', cuts: {} }] })
    expect(roleOfDevice(judged([...all, byAdmin, byOwner]), cid)).toBe('admin')
  })

  it('gives an admin who was made an editor meanwhile no say over people', () => {
    const all = workspaceOf(ann, { [bob]: 'admin', [cid]: 'editor' })
    const demoted = say({
      by: ann,
      after: all,
      acts: [{ do: 'role', person: bob, role: 'editor', cuts: {} }],
    })
    const removal = say({ by: bob, after: all, acts: [remove([cid])] })
    expect(members([...all, demoted, removal])).toEqual([ann, bob, cid].sort())
  })

  it('asks for new keys where each of two changes left out somebody else', () => {
    const all = workspaceOf(ann, { [bob]: 'admin', [cid]: 'editor', [dora]: 'editor' })
    const one = say({ by: ann, after: all, acts: [remove([cid]), rotate(2, ann, bob, dora)] })
    const other = say({ by: bob, after: all, acts: [remove([dora]), rotate(3, ann, bob, cid)] })
    expect(judged([...all, one, other]).rotationDue).toBe(true)
    const mended = say({ by: ann, after: [...all, one, other], acts: [rotate(4, ann, bob)] })
    const access = judged([...all, one, other, mended])
    expect(access).toMatchObject({ epoch: 4, rotationDue: false })
  })

  it('ends for everyone also where somebody changed the keys meanwhile', () => {
    const all = workspaceOf(ann, { [bob]: 'owner' })
    const changed = say({ by: bob, after: all, acts: [rotate(2, ann, bob)], hash: named('b') })
    for (const hash of ['a', 'c'].map(named)) {
      const end = say({ by: ann, after: all, acts: [{ do: 'end' }], hash })
      expect(judged([...all, end, changed]).ended).toBe(true)
    }
  })

  it('never goes back to keys that were changed', () => {
    const all = workspaceOf(ann, { [bob]: 'editor' })
    all.push(say({ by: ann, after: all, acts: [rotate(2, ann, bob)] }))
    all.push(say({ by: bob, after: all, acts: [remove([bob])] }))
    expect(judged(all)).toMatchObject({ epoch: 2, rotationDue: true })
  })

  it('names who came without the new key, until somebody gives it to them', () => {
    const link = named('link')
    const all = workspaceOf(ann)
    all.push(say({ by: ann, after: all, acts: [invite(link, 'editor')] }))
    const joined = say({ by: link, after: all, acts: [join(bob)] })
    const changed = say({ by: ann, after: all, acts: [rotate(2, ann)] })
    const both = [...all, joined, changed]
    expect(judged(both)).toMatchObject({ epoch: 2, rootless: [bob] })
    const given = say({ by: ann, after: both, acts: [{ do: 'seal', epoch: 2, roots: { [bob]: 'sealed' } }] })
    expect(judged([...both, given]).rootless).toEqual([])
  })
})

describe('what still counts of whoever may write no more', () => {
  const cut = { [bob]: { [SESSION]: 7 } }
  it.each<[string, Act]>([
    ['removed', remove([bob], cut)],
    ['a reader now', { do: 'role', person: bob, role: 'reader', cuts: cut }],
  ])('is what was cut off at: %s', (_what, act) => {
    const all = workspaceOf(ann, { [bob]: 'editor' })
    expect(mayStillCount(judged(all), bob, SESSION, 99)).toBe(true)
    all.push(say({ by: ann, after: all, acts: [act] }))
    const access = judged(all)
    expect(mayStillCount(access, bob, SESSION, 7)).toBe(true)
    expect(mayStillCount(access, bob, SESSION, 8)).toBe(false)
    expect(mayWrite(access, bob)).toBe(false)
  })

  it('is the longer of two cuts that were made at the same time', () => {
    const all = workspaceOf(ann, { [bob]: 'editor', [cid]: 'admin' })
    const one = say({ by: ann, after: all, acts: [remove([bob], { [bob]: { [SESSION]: 3 } })] })
    const other = say({ by: cid, after: all, acts: [remove([bob], { [bob]: { [SESSION]: 5 } })] })
    expect(mayStillCount(judged([...all, one, other]), bob, SESSION, 5)).toBe(true)
  })
})

describe('the relays that all devices use', () => {
  const tell = (all: Statement[], by: string, ...acts: Act[]): void =>
    void all.push(say({ by, after: all, acts }))

  it('are named by owners and admins, and by nobody else', () => {
    const all = workspaceOf(ann, { [bob]: 'admin', [cid]: 'editor', [dora]: 'reader' })
    tell(all, ann, relay('r', 'of Ann'))
    tell(all, bob, relay('s', 'of Bob'))
    const before = judged(all)
    for (const person of [cid, dora])
      for (const act of [relay('t', 'theirs'), relay('r', null), relay('r', 'theirs')]) {
        const after = judged([...all, say({ by: person, after: all, acts: [act] })])
        expect(after).toEqual(before)
      }
    expect(cardsOf(all)).toEqual(['of Ann', 'of Bob'])
    expect([...before.relays.values()].map(({ by }) => by)).toEqual([ann, bob])
    tell(all, bob, relay('r', null))
    expect(cardsOf(all)).toEqual(['of Bob'])
  })

  it('are all of those that were named at the same time, and those of owners come first', () => {
    const all = workspaceOf(ann, { [bob]: 'admin', [cid]: 'admin' })
    const named = [bob, cid, ann].map((by, index) =>
      say({ by, after: all, acts: [relay('rst'[index]!, by)] }),
    )
    expect(cardsOf([...all, ...named])).toHaveLength(3)
    expect(cardsOf([...all, ...named])[0]).toBe(ann)
  })

  it('are never none again: the last one stays, also where the last two are taken away at the same time', () => {
    const all = workspaceOf(ann, { [bob]: 'admin' })
    tell(all, ann, relay('r', 'one'), relay('s', 'two'))
    const both = [
      say({ by: ann, after: all, acts: [relay('r', null)] }),
      say({ by: bob, after: all, acts: [relay('s', null)] }),
    ]
    const [last, ...others] = cardsOf([...all, ...both])
    expect(others).toEqual([])
    const letter = last === 'one' ? 'r' : 's'
    const gone = say({ by: ann, after: [...all, ...both], acts: [relay(letter, null)] })
    expect(cardsOf([...all, ...both, gone])).toEqual([last])
    const atOnce = say({ by: ann, after: all, acts: [relay('r', null), relay('s', null)] })
    expect(cardsOf([...all, atOnce])).toHaveLength(1)
  })

  it('are not those of somebody who was made less, or taken out, at the same time', () => {
    const all = workspaceOf(ann, { [bob]: 'admin' })
    tell(all, ann, relay('r', 'of Ann'))
    const hers = [
      say({ by: bob, after: all, acts: [relay('s', 'of Bob')] }),
      say({ by: bob, after: all, acts: [relay('r', null)] }),
    ]
    for (const act of [remove([bob]), { do: 'role', person: bob, role: 'editor', cuts: {} } as const]) {
      const taking = say({ by: ann, after: all, acts: [act] })
      expect(cardsOf([...all, ...hers, taking])).toEqual(['of Ann'])
    }
  })

  it('stay where whoever named them is taken out later', () => {
    const all = workspaceOf(ann, { [bob]: 'admin' })
    tell(all, bob, relay('r', 'of Bob'))
    tell(all, ann, remove([bob]))
    expect(cardsOf(all)).toEqual(['of Bob'])
  })

  it('keep the address that an owner gave, where an admin gives theirs the same id', () => {
    const all = workspaceOf(ann, { [bob]: 'admin' })
    for (const hash of ['0first', 'zlast'].map(named)) {
      const owners = say({ by: ann, after: all, acts: [relay('r', 'of Ann')] })
      const admins = say({ by: bob, after: all, acts: [relay('r', 'of Bob')], hash })
      expect(cardsOf([...all, owners, admins])).toEqual(['of Ann'])
    }
  })
})

describe('any history', () => {
  const people = ['p0', 'p1', 'p2', 'p3', 'p4'].map(named)
  const roles: readonly Role[] = ['owner', 'admin', 'editor', 'reader']
  const step = fc.record({
    by: fc.nat(4),
    target: fc.nat(4),
    kind: fc.constantFrom('remove', 'role', 'invite', 'join', 'rotate', 'revoke', 'relay', 'unrelay'),
    role: fc.constantFrom(...roles),
    heard: fc.nat(30),
    link: fc.nat(3),
  })

  const play = (steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]): Statement[] => {
    const all = workspaceOf(people[0]!, {
      [people[1]!]: 'owner',
      [people[2]!]: 'admin',
      [people[3]!]: 'admin',
    })
    const base = all.length
    for (const [index, { by, target, kind, role, heard, link }] of steps.entries()) {
      // Whoever speaks has heard all up to some point, and what that builds on: not always everything.
      const after = all.slice(0, Math.max(base, all.length - (heard % 6)))
      const id = named(`link${link}`)
      const acts: Record<typeof kind, Act> = {
        remove: remove([people[target]!]),
        role: { do: 'role', person: people[target]!, role, cuts: {} },
        invite: invite(id, role, { once: index % 2 === 0 }),
        revoke: { do: 'revoke', invitation: id },
        join: join(people[target]!),
        relay: relay('rstu'[link]!, `card ${index}`),
        unrelay: relay('rstu'[link]!, null),
        rotate: rotate(100 + index, ...people.slice(0, target + 1)),
      }
      all.push(say({ by: kind === 'join' ? id : people[by]!, after, acts: [acts[kind]] }))
    }
    return all
  }

  it(
    'comes to the same in whatever order it is heard, and keeps an owner',
    () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 14 }), fc.infiniteStream(fc.nat()), (steps, numbers) => {
          const all = play(steps)
          const access = judged(all)
          const weighed = all.map(statement => ({ statement, weight: numbers.next().value as number }))
          const shuffled = weighed.sort((a, b) => a.weight - b.weight).map(({ statement }) => statement)
          expect(judged(shuffled)).toEqual(access)
          expect(cardsOf(shuffled)).toEqual(cardsOf(all)) // also in their order
          expect([...access.roles.values()]).toContain('owner')
          for (const { person } of access.devices.values()) expect(access.roles.has(person)).toBe(true)
        }),
        { numRuns: 1500 },
      )
    },
    MANY_RUNS_MS,
  )

  it(
    'gives nobody who was put out by an owner anything by what they say afterwards, as if they had not heard it',
    () => {
      fc.assert(
        fc.property(
          fc.array(step, { maxLength: 8 }),
          fc.array(step, { minLength: 1, maxLength: 4 }),
          (steps, late) => {
            const before = play(steps)
            const owner = [...judged(before).devices.keys()].find(
              id => roleOfDevice(judged(before), id) === 'owner',
            )!
            const victims = people.filter(id => id !== owner && roleOfDevice(judged(before), id) === 'admin')
            if (victims.length === 0) return
            const victim = victims[0]!
            const removal = say({ by: owner, after: before, acts: [remove([victim])] })
            const out = judged([...before, removal])
            const said = late.map(({ target, role }, index) =>
              say({
                by: victim,
                after: before,
                acts: [
                  [remove([people[target]!]), invite(named(`evil${index}`), role), relay('e', 'evil')][
                    index % 3
                  ]!,
                ],
              }),
            )
            const after = judged([...before, removal, ...said])
            expect([...after.devices]).toEqual([...out.devices])
            expect([...after.roles]).toEqual([...out.roles])
            expect([...after.invitations]).toEqual([...out.invitations])
            expect([...after.relays]).toEqual([...out.relays])
          },
        ),
        { numRuns: 500 },
      )
    },
    MANY_RUNS_MS,
  )
})

describe('many at once', () => {
  it('judges hundreds of statements that nobody had heard of', () => {
    const admins = Array.from({ length: 19 }, (_, index) => named(`admin${index}`))
    const all = workspaceOf(ann, Object.fromEntries(admins.map(id => [id, 'admin' as const])))
    const base = [...all]
    for (const [index, admin] of admins.entries())
      for (let times = 0; times < 10; times += 1)
        all.push(say({ by: admin, after: base, acts: [remove([admins[(index + times + 1) % 19]!])] }))
    const access = judged(all)
    expect(roleOfDevice(access, ann)).toBe('owner')
    expect(access.gen).toBe(39)
    expect(WORKSPACE).toBe(access.ws)
  })
})
