import { describe, expect, it } from 'vitest'
import type { Act } from '../../../protocol/access/acts.ts'
import { roleOfDevice } from '../../../protocol/access/rights.ts'
import type { Statement } from '../../../protocol/access/statement.ts'
import { found, invite, join, judged, named, remove, rotate, say, workspaceOf } from './story.ts'

const [ann, bob, eve, mel] = ['ann', 'bob', 'eve', 'mel'].map(named) as [string, string, string, string]

/** Eve came before Bob did; whoever means harm claims not to have heard of what happened since. */
const story = (eves: 'reader' | 'editor' | 'admin', bobs: 'owner' | 'editor') => {
  const early = workspaceOf(ann, { [eve]: eves })
  const link = named('link')
  const invited = [...early, say({ by: ann, after: early, acts: [invite(link, bobs)] })]
  const all = [...invited, say({ by: link, after: invited, acts: [join(bob)] })]
  const roleOfBob = (...more: readonly Statement[]) => roleOfDevice(judged([...all, ...more]), bob)
  return { early, invited, all, link, roleOfBob }
}

describe('a member who claims not to have heard of somebody', () => {
  it.each(['reader', 'editor', 'admin'] as const)(
    'cannot put them out by taking back their invitation: %s',
    role => {
      const { early, invited, link, roleOfBob } = story(role, 'owner')
      for (const after of [early, invited]) {
        const revoked = say({ by: eve, after, acts: [{ do: 'revoke', invitation: link }] })
        expect(roleOfBob(revoked)).toBe('owner')
      }
    },
  )

  it('cannot remove an owner as an admin, nor make less of one', () => {
    const { early, invited, roleOfBob } = story('admin', 'owner')
    for (const after of [early, invited]) {
      expect(roleOfBob(say({ by: eve, after, acts: [remove([bob])] }))).toBe('owner')
      const less = say({ by: eve, after, acts: [{ do: 'role', person: bob, role: 'reader', cuts: {} }] })
      expect(roleOfBob(less)).toBe('owner')
    }
  })

  it('cannot make their invitation one of her own, nor end it by that', () => {
    const { early, all, link } = story('reader', 'editor')
    const hers = say({ by: eve, after: early, acts: [invite(link, null, { person: eve })] })
    const ended = say({ by: eve, after: [...early, hers], acts: [{ do: 'revoke', invitation: link }] })
    const left = say({ by: eve, after: [...early, hers], acts: [remove([eve])] })
    for (const more of [[hers], [hers, ended], [hers, left]]) {
      const access = judged([...all, ...more])
      expect(access.devices.get(bob)?.person).toBe(bob)
      expect(roleOfDevice(access, bob)).toBe('editor')
    }
  })

  it('cannot make an invitation that waits for somebody one of her own', () => {
    const { early, invited, link } = story('editor', 'owner')
    const hers = say({ by: eve, after: early, acts: [invite(link, null, { person: eve })] })
    expect(judged([...invited, hers]).invitations.get(link)).toMatchObject({ role: 'owner', by: ann })
    // Also where what she has heard instead comes after the invitation.
    const late = say({ by: ann, after: early, acts: [rotate(2, ann, eve)], hash: named('z') })
    const after = [...early, late]
    const later = say({ by: eve, after, acts: [invite(link, null, { person: eve })] })
    expect(judged([...invited, late, later]).invitations.get(link)).toMatchObject({ by: ann })
  })
})

it('a lost phone brings nothing in, though it never heard of the laptop that removed it', () => {
  const [phone, laptop, link, late] = [bob, named('laptop'), named('link'), named('late')]
  const early = workspaceOf(ann, { [phone]: 'editor' })
  const all = [...early, say({ by: phone, after: early, acts: [invite(link, null, { person: phone })] })]
  all.push(say({ by: link, after: all, acts: [join(laptop)] }))
  const removal = say({ by: laptop, after: all, acts: [remove([phone])] })
  const thief = say({ by: phone, after: early, acts: [invite(late, null, { person: phone })] })
  const device = say({ by: late, after: [...early, thief], acts: [join(mel)] })
  expect([...judged([...all, removal, thief, device]).devices.keys()].sort()).toEqual([ann, laptop].sort())
})

describe('an admin whom another admin removed, and who claims not to have heard', () => {
  const cid = named('cid')
  const early = workspaceOf(ann, { [eve]: 'admin', [bob]: 'admin', [cid]: 'admin', [mel]: 'editor' })
  const removal = say({ by: bob, after: early, acts: [remove([eve]), rotate(2, ann, bob, cid, mel)] })
  const heard = [...early, removal]
  const all = [...heard, say({ by: cid, after: heard, acts: [remove([mel]), rotate(3, ann, bob, cid)] })]
  const demotion: Act = { do: 'role', person: cid, role: 'reader', cuts: {} }
  const rotation = rotate(9, ann, eve)

  it.each<[string, readonly Act[]]>([
    ['makes less of a third', [demotion, rotation]],
    ['removes a third', [remove([cid]), rotation]],
    ['removes a third and whoever removed her', [remove([cid, bob]), rotation]],
    ['makes less of a third and removes whoever removed her', [demotion, remove([bob]), rotation]],
  ])('undoes nothing that a third one has said: she %s', (_what, acts) => {
    for (let digit = 0; digit < 10; digit += 1) {
      const access = judged([...all, say({ by: eve, after: early, acts, hash: named(`${digit}hers`) })])
      expect([eve, mel, cid].map(id => access.devices.has(id))).toEqual([false, false, true])
      expect(roleOfDevice(access, cid)).toBe('admin')
    }
  })
})

it('a lost phone that was a person’s first device does not come back as that person with another role', () => {
  const [own, open, laptop] = ['own', 'open', 'laptop'].map(named) as [string, string, string]
  const all = workspaceOf(ann, { [bob]: 'admin' })
  all.push(say({ by: ann, after: all, acts: [invite(own, null, { person: ann })] }))
  all.push(say({ by: own, after: all, acts: [join(laptop)] }))
  all.push(say({ by: bob, after: all, acts: [invite(open, 'reader', { once: false })] }))
  const heard = [...all, say({ by: laptop, after: all, acts: [remove([ann])] })]
  for (const after of [heard, all]) {
    const access = judged([...heard, say({ by: open, after, acts: [join(ann)] })])
    expect([...access.devices.keys()].sort()).toEqual([bob, laptop].sort())
    expect(roleOfDevice(access, laptop)).toBe('owner')
  }
})

describe('an invitation for one use that was stolen after it was used', () => {
  it('puts nobody out whom others have met, and lets nobody in', () => {
    const { invited, all, link } = story('reader', 'editor')
    const met = [...all, say({ by: ann, after: all, acts: [invite(named('another'), 'reader')] })]
    for (let digit = 0; digit < 10; digit += 1) {
      const stolen = say({ by: link, after: invited, acts: [join(mel)], hash: named(`${digit}stolen`) })
      const accomplice = say({
        by: eve,
        after: [...invited, stolen],
        acts: [invite(named('x'), null, { person: eve })],
      })
      for (const more of [[stolen], [stolen, accomplice]]) {
        const access = judged([...met, ...more])
        expect([access.devices.has(bob), access.devices.has(mel)]).toEqual([true, false])
      }
    }
  })

  it('also where it was used by somebody who had heard more', () => {
    const { invited, link } = story('reader', 'editor')
    const later = [...invited, say({ by: ann, after: invited, acts: [rotate(2, ann, eve)] })]
    const all = [...later, say({ by: link, after: later, acts: [join(bob)] })]
    const met = [...all, say({ by: ann, after: all, acts: [rotate(3, ann, bob, eve)] })]
    const stolen = say({ by: link, after: invited, acts: [join(mel)] })
    const access = judged([...met, stolen])
    expect([access.devices.has(bob), access.devices.has(mel)]).toEqual([true, false])
  })
})

describe('keys', () => {
  it('of an epoch are those of whoever made it, not of one who was removed and gives theirs the same number', () => {
    const all = workspaceOf(ann, { [eve]: 'admin', [bob]: 'editor' })
    const removal = say({ by: ann, after: all, acts: [remove([eve]), rotate(7, ann, bob)] })
    const hers = say({
      by: eve,
      after: all,
      acts: [{ ...rotate(7, ann, bob), check: named('evil') } as never],
    })
    const access = judged([...all, removal, hers])
    expect(access.epoch).toBe(7)
    expect(access.epochs.get(7)?.check).toBe(named('key'))
  })

  it('of an owner are not replaced by an admin who gives theirs the same number', () => {
    const all = workspaceOf(ann, { [eve]: 'admin', [bob]: 'editor' })
    const made = say({ by: ann, after: all, acts: [rotate(7, ann, bob, eve)] })
    const hers = say({
      by: eve,
      after: all,
      acts: [{ ...rotate(7, ann, bob), check: named('evil') } as never],
    })
    expect(judged([...all, made, hers]).epochs.get(7)?.check).toBe(named('key'))
  })

  it('stay in reach of a device for which somebody leaves many that do not open', () => {
    const all = workspaceOf(ann, { [eve]: 'reader', [bob]: 'editor' })
    all.push(say({ by: ann, after: all, acts: [{ ...rotate(2), roots: { [bob]: 'good' } } as never] }))
    const bad = Array.from({ length: 60 }, (_, index) => ({
      do: 'seal' as const,
      epoch: 2,
      roots: { [bob]: `bad${index}` },
    }))
    const flooded = [...all, say({ by: eve, after: all, acts: bad })]
    expect(judged(flooded).epochs.get(2)?.roots.get(bob)).toContain('good')
    const late = say({
      by: ann,
      after: flooded,
      acts: [{ do: 'seal', epoch: 2, roots: { [bob]: 'better' } }],
    })
    expect(
      judged([...flooded, late])
        .epochs.get(2)
        ?.roots.get(bob),
    ).toContain('better')
  })
})

it('a device that came without the keys is owed them, whoever leaves it copies that do not open', () => {
  const link = named('link')
  const all = workspaceOf(ann, { [eve]: 'editor' })
  all.push(say({ by: ann, after: all, acts: [invite(link, 'editor')] }))
  const joined = say({ by: link, after: all, acts: [join(bob)] })
  const changed = say({ by: ann, after: all, acts: [rotate(2, ann, eve)] })
  const both = [...all, joined, changed]
  expect(judged(both)).toMatchObject({ rootless: [bob], copyless: [bob] })
  const junk = say({ by: eve, after: both, acts: [{ do: 'seal', epoch: 2, roots: { [bob]: 'junk' } }] })
  expect(judged([...both, junk])).toMatchObject({ rootless: [bob], copyless: [] })
  const gone = say({ by: ann, after: [...both, junk], acts: [remove([eve])] })
  expect(judged([...both, junk, gone]).rootless).toEqual([bob])
  const given = say({
    by: ann,
    after: [...both, junk],
    acts: [{ do: 'seal', epoch: 2, roots: { [bob]: 'good' } }],
  })
  expect(judged([...both, junk, given]).rootless).toEqual([])
})

it('is founded by a first statement only', () => {
  expect(
    judged([found(ann), say({ by: ann, after: [found(ann)], acts: found(bob).acts })]).devices.has(bob),
  ).toBe(false)
})
