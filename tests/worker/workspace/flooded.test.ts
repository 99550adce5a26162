import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import type { Act } from '../../../protocol/access/acts.ts'
import { signJoin } from '../../../protocol/access/join-proof.ts'
import { signStatement } from '../../../protocol/access/statement.ts'
import { toBase64url } from '../../../protocol/bytes.ts'
import { MAX_CUT_SESSIONS } from '../../../protocol/limits.ts'
import { generateDeviceKeys } from '../../../worker/keys/device-keys.ts'
import { invitationKeys } from '../../../worker/keys/invitation-keys.ts'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import type { Signer } from '../../../worker/workspace/statements.ts'
import { codeOf, createPeople, expectOk, type Person } from './setup.ts'

vi.setConfig({ testTimeout: 60_000 })

/** What Ben says, as if nobody had said anything since he came. */
const asIfUnheard = ({ workspace, keys }: Person) => {
  const { ws, gen, heads } = workspace.access()
  return (acts: readonly Act[], iat: number, { signing, publicKey }: Signer = keys): Promise<string> =>
    signStatement({ ws, gen: gen + 1, prev: heads, iat, acts }, signing, publicKey)
}

const many = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)))

test('a reader who says hundreds of things at once keeps nobody from removing them', async () => {
  const { owner, add } = await createPeople()
  const ben = await add('reader')
  const ann = await add('admin')
  await owner.meet()
  await ben.meet()
  const say = asIfUnheard(ben)
  const flood = await many(300, index =>
    say([{ do: 'card', device: ben.keys.device, card: `${index}` }], index),
  )
  for (const one of [owner, ann]) {
    await one.meet()
    expectOk(await one.workspace.hear(flood))
    expect(one.workspace.access().heads.length).toBeGreaterThanOrEqual(300)
  }
  expectOk(await ann.membership.rotate())
  expectOk(await owner.membership.remove([ben.keys.device]))
  expect([owner.workspace.isMember(ben.keys.device), ann.workspace.isMember(ben.keys.device)]).toEqual([
    false,
    true,
  ])
  expectOk(await ann.workspace.hear(owner.workspace.statements().map(({ text }) => text)))
  expect(ann.workspace.isMember(ben.keys.device)).toBe(false)
})

test('a member with thousands of sessions on several devices can be removed at once', async () => {
  const { owner, add } = await createPeople()
  const ben = await add('editor')
  const others = [await add(null, ben), await add(null, ben)]
  await owner.meet()
  const devices = [ben, ...others].map(({ keys }) => keys.device)
  for (const device of devices)
    for (let n = 0; n < MAX_CUT_SESSIONS; n += 1)
      owner.workspace.heard.note(device, randomId(systemRandom), 1)
  expectOk(await owner.membership.remove(devices))
  expect([...owner.workspace.access().devices.keys()]).toEqual([owner.keys.device])
})

test('a member with thousands of devices can be removed in one go', async () => {
  const { owner, add } = await createPeople()
  const ben = await add('editor')
  await owner.meet()
  const devices = [...Array.from({ length: 5000 }, () => toBase64url(systemRandom(32))), ben.keys.device]
  expectOk(await owner.membership.remove(devices))
  expect([...owner.workspace.access().devices.keys()]).toEqual([owner.keys.device])
  expect(owner.workspace.access().rotationDue).toBe(false)
})

test('a member who hands out a thousand invitations keeps nobody from getting new keys', async () => {
  const { owner, add } = await createPeople()
  const ben = await add('reader')
  const ann = await add('editor')
  await owner.meet()
  await ben.meet()
  const say = asIfUnheard(ben)
  const ids = await many(1000, () => generateDeviceKeys())
  for (let at = 0; at < ids.length; at += 50) {
    const acts = ids.slice(at, at + 50).map(
      ({ device, sealing }): Act => ({
        do: 'invite',
        invitation: device,
        role: null,
        person: ben.keys.device,
        exp: null,
        once: false,
        sealing,
        card: null,
      }),
    )
    expectOk(await owner.workspace.hear([await say(acts, at)]))
  }
  const before = owner.workspace.epoch()
  expectOk(await owner.membership.rotate())
  expect(owner.workspace.epoch()).not.toBe(before)
  expectOk(await ann.workspace.hear(owner.workspace.statements().map(({ text }) => text)))
  expect(ann.workspace.hasRoot()).toBe(true)
})

test('what nobody could work out in time is not taken over, and harms nothing', async () => {
  const { owner, add } = await createPeople()
  const ben = await add('reader')
  await owner.meet()
  await ben.meet()
  const seeds = await many(240, () => invitationKeys(systemRandom(32)))
  const say = asIfUnheard(ben)
  for (let at = 0; at < seeds.length; at += 60) {
    const acts = seeds.slice(at, at + 60).map(
      ({ id, sealing }): Act => ({
        do: 'invite',
        invitation: id,
        role: null,
        person: ben.keys.device,
        exp: null,
        once: true,
        sealing,
        card: null,
      }),
    )
    expectOk(await owner.workspace.hear([await say(acts, at)]))
  }
  const { ws, gen, heads } = owner.workspace.access()
  const { device, sealing, signing, publicKey } = await generateDeviceKeys()
  const claims = { ws, gen: gen + 1, prev: heads, iat: 1 }
  const flood = await Promise.all(
    seeds.flatMap(invitation => [
      (async () => {
        const proof = await signJoin({ ws, invitation: invitation.id }, sealing, signing, publicKey)
        const join: Act = { do: 'join', device, sealing, card: null, proof, root: null }
        return signStatement({ ...claims, acts: [join] }, invitation.signing, invitation.publicKey)
      })(),
      signStatement(
        { ...claims, acts: [{ do: 'revoke', invitation: invitation.id }] },
        ben.keys.signing,
        ben.keys.publicKey,
      ),
    ]),
  )
  const digest = owner.workspace.digest()
  expect(codeOf(await owner.workspace.hear(flood))).toBe('access-invalid')
  expect(owner.workspace.digest()).toBe(digest)
  expectOk(await owner.membership.remove([ben.keys.device]))
})
