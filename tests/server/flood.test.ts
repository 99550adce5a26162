import { describe, expect, test, vi } from 'vitest'
import { MAX_ACCESS_BYTES, MAX_STATEMENTS } from '../../protocol/limits.ts'
import { encodeStatements } from '../../protocol/relay-bodies.ts'
import type { AccessWritten } from '../../protocol/relay-http.ts'
import { createKnownMemberships } from '../../server/access/known-memberships.ts'
import { createPatience } from '../../server/access/patience.ts'
import { mayStillSay } from '../../server/access/shares.ts'
import { aCore, type Core } from './support/in-process.ts'
import {
  cardAct,
  createGroup,
  createKeys,
  type Group,
  inviteAct,
  joinAct,
  type KeyPair,
  removeAct,
} from './support/member.ts'

vi.setConfig({ testTimeout: 120_000 })

const bring = async (core: Core, group: Group, texts: readonly string[]): Promise<AccessWritten> => {
  const written = await core.relay.access.write(group.workspace, encodeStatements(texts), null)
  if (!written.ok) throw new Error(written.error.message)
  return written.value
}
const bringOne = async (core: Core, group: Group, text: string): Promise<string> => {
  const written = await core.relay.access.write(group.workspace, text, null)
  return written.ok ? 'taken' : written.error.code
}

describe('RLY-27: a member who floods the relay with statements', () => {
  test('reaches a limit of their own, and can still be put out', async () => {
    const core = aCore()
    const group = await createGroup()
    const [bob, ann] = [await group.add('editor'), await group.add('admin')]
    await bring(core, group, group.statements)
    const heard = group.statements.length
    // What others said meanwhile is of no interest to Bob, so that all of his build on the same.
    for (let n = 0; n <= MAX_STATEMENTS / 10; n += 1) await group.say(cardAct(bob.id, `${n}`), bob, { heard })
    const { refused } = await bring(core, group, group.statements.slice(heard))
    expect(refused).toMatchObject([{ index: MAX_STATEMENTS / 10, code: 'quota-bytes' }])
    expect(await bringOne(core, group, await group.say(cardAct(ann.id, 'name'), ann, { heard }))).toBe(
      'taken',
    )
    expect(await bringOne(core, group, await group.say(removeAct([bob.id]), ann, { heard }))).toBe('taken')
    expect(await bringOne(core, group, await group.say(cardAct(bob.id, 'x'), bob, { heard }))).toBe(
      'quota-bytes',
    )
  })

  test('or with what has no effect is listened to less and less, and others as before', async () => {
    const now = Date.now()
    const clock = { now: () => now, after: () => () => {} }
    const core = aCore({ clock })
    const group = await createGroup()
    const [bob, ann] = [await group.add('reader'), await group.add('admin')]
    await bring(core, group, group.statements)
    const heard = group.statements.length
    const nobody = await createKeys()
    let answer = ''
    for (let n = 0; n < 250 && answer !== 'rate'; n += 1)
      answer = await bringOne(
        core,
        group,
        await group.say(inviteAct(nobody.id, 'owner'), bob, { heard, iat: n }),
      )
    expect(answer).toBe('rate')
    expect(await bringOne(core, group, await group.say(removeAct([bob.id]), ann, { heard }))).toBe('taken')
  })

  test('or with what takes long to judge, since nobody seems to have heard of anything, is refused', async () => {
    const core = aCore()
    const group = await createGroup()
    const [bob, ann] = [await group.add('reader'), await group.add('admin')]
    const links: KeyPair[] = []
    for (let n = 0; n < 180; n += 1) links.push(await createKeys())
    for (let n = 0; n < links.length; n += 60)
      await group.say(
        links.slice(n, n + 60).map(({ id }) => inviteAct(id, null, { person: bob.id })),
        bob,
      )
    await bring(core, group, group.statements)
    const heard = group.statements.length
    for (const link of links) {
      await group.say(await joinAct(group.workspace, link, await createKeys()), link, { heard })
      await group.say({ do: 'revoke', invitation: link.id }, bob, { heard })
    }
    const { refused } = await bring(core, group, group.statements.slice(heard))
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['quota-bytes']))
    expect(refused).toHaveLength(2 * links.length)
    expect(await bringOne(core, group, await group.say(removeAct([bob.id]), ann, { heard }))).toBe('taken')
  })

  test('keeps out nobody’s word by flooding two relays with different things', async () => {
    const core = aCore()
    const group = await createGroup()
    const bob = await group.add('reader')
    await bring(core, group, group.statements)
    const heard = group.statements.length
    for (let n = 0; n < MAX_STATEMENTS / 10; n += 1) await group.say(cardAct(bob.id, `${n}`), bob)
    const here = group.statements.slice(heard)
    for (let n = 0; n < 200; n += 1) await group.say(cardAct(bob.id, `${n}`), bob, { heard, iat: n })
    const elsewhere = group.statements.slice(heard + here.length)
    expect((await bring(core, group, here)).refused).toEqual([])
    expect((await bring(core, group, elsewhere)).refused).toHaveLength(elsewhere.length)
    // The owner has heard both.
    const removal = await group.say(removeAct([bob.id]))
    expect(await bringOne(core, group, removal)).toBe('access-conflict')
    expect((await bring(core, group, [...elsewhere, removal])).refused).toEqual([])
    expect(await bringOne(core, group, await group.say(cardAct(bob.id, 'x'), bob, { heard }))).not.toBe(
      'taken',
    )
  })

  test('what strangers sign is not even judged', async () => {
    const core = aCore({ clock: { now: () => 0, after: () => () => {} } })
    const group = await createGroup()
    await bring(core, group, group.statements)
    const stranger = await createKeys()
    for (let n = 0; n < 250; n += 1) {
      const text = await group.say(removeAct([group.owner.id]), stranger, { heard: 1, iat: n })
      expect(await bringOne(core, group, text)).toBe('access-invalid')
    }
  })
})

test('RLY-27: what was checked once is not checked again for everybody who knocks', async () => {
  const group = await createGroup()
  const read = createKnownMemberships()
  const first = await read(group.workspace, group.statements)
  expect(first).toMatchObject({ ok: true, value: { access: { gen: 0 } } })
  const again = await read(group.workspace, group.statements)
  expect(again.ok && first.ok && again.value === first.value).toBe(true)
  const bob = await group.add('reader')
  const more = await read(group.workspace, group.statements)
  expect(more.ok && more.value?.access.devices.has(bob.id)).toBe(true)
  expect(await read(group.workspace, ['nonsense'])).toMatchObject({ error: { code: 'access-invalid' } })
})

describe('RLY-27: who may still say something when much was said', () => {
  const part = (of: number) => ({ bytes: MAX_ACCESS_BYTES * of, statements: 1 })
  const many = (of: number) => ({ bytes: 1, statements: MAX_STATEMENTS * of })
  const little = { bytes: 1, statements: 1 }

  test.each([
    ['reader', 0.5],
    ['editor', 0.5],
    ['admin', 0.75],
    ['owner', 1],
    [null, 0.5],
  ] as const)('%s until %d of it is said', (role, share) => {
    for (const said of [part(share), many(share)]) expect(mayStillSay(role, said, little).ok).toBe(true)
    for (const said of [part(share + 0.01), many(share + 0.01)])
      expect(mayStillSay(role, said, little)).toMatchObject({ error: { code: 'quota-bytes' } })
  })

  test('one of those who can put nobody out has a tenth', () => {
    for (const own of [part(0.11), many(0.11)]) {
      for (const role of ['reader', 'editor', null] as const)
        expect(mayStillSay(role, little, own).ok).toBe(false)
      for (const role of ['admin', 'owner'] as const) expect(mayStillSay(role, little, own).ok).toBe(true)
    }
  })

  test('patience comes back with time, for each alone', () => {
    let now = 0
    const { has, tried } = createPatience({ now: () => now })
    const asked = (signer: string) => Array.from({ length: 201 }, () => has(signer)).filter(Boolean).length
    expect([asked('bob'), asked('ann'), asked('bob')]).toEqual([200, 200, 0])
    now += 1000
    expect(asked('bob')).toBe(2)
    // Whoever keeps others waiting is listened to less.
    now += 100_000
    tried('bob', 10_000_000)
    expect(asked('bob')).toBe(100)
  })
})
