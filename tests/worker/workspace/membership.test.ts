import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import type { Act } from '../../../protocol/access/acts.ts'
import { signStatement } from '../../../protocol/access/statement.ts'
import type { Bytes } from '../../../protocol/bytes.ts'
import type { DeviceKeys } from '../../../protocol/device-database.ts'
import { generateDeviceKeys } from '../../../worker/keys/device-keys.ts'
import { invitationKeys } from '../../../worker/keys/invitation-keys.ts'
import { systemRandom } from '../../../worker/platform/random.ts'
import { openDeviceStore } from '../../../worker/storage/device-store.ts'
import { handingOver, rotating } from '../../../worker/workspace/statements.ts'
import { openWorkspace } from '../../../worker/workspace/workspace.ts'
import { createFakeAccessRelay } from '../../support/fake-access-relay.ts'
import { codeOf, createPeople, DAY, expectOk } from './setup.ts'

const SESSION = 'AAAAAAAAAAAAAAAAAAAAAA'

test('whoever is removed has no part in the new keys; those who stay read on, old and new', async () => {
  const { owner, add } = await createPeople()
  const ben = await add('editor')
  const cid = await add('editor')
  await owner.meet()
  const before = owner.workspace.epoch()
  owner.workspace.heard.note(ben.keys.device, SESSION, 4)
  expectOk(await owner.membership.remove([ben.keys.device]))
  await owner.meet()
  await cid.meet()
  const now = owner.workspace.epoch()
  expect(now).not.toBe(before)
  expect(cid.workspace.epoch()).toBe(now)
  expect(cid.workspace.contentKeys(before)).not.toBeNull()
  expect(cid.workspace.contentKeys(now)).not.toBeNull()
  expect(cid.workspace.access().cuts.get(ben.keys.device)).toEqual({ [SESSION]: 4 })
  expect(codeOf(await ben.meet())).toBe('not-a-member')
  expect(ben.workspace.contentKeys(now)).toBeNull()
})

test('whoever comes after the keys were changed reads what was written before, too', async () => {
  const { owner, add } = await createPeople()
  const first = owner.workspace.epoch()
  expectOk(await owner.membership.rotate())
  expectOk(await owner.membership.rotate())
  await owner.meet()
  const ben = await add('reader')
  expect(ben.workspace.contentKeys(first)).not.toBeNull()
})

test('an invitation that has run out gets no new keys, and one that has not does', async () => {
  const { owner, invite, later } = await createPeople()
  const ids = async (seed: Promise<Bytes>) => (await invitationKeys(await seed)).id
  const old = await ids(invite(owner, 'reader'))
  later(2 * DAY)
  const open = await ids(invite(owner, 'reader'))
  expectOk(await owner.membership.rotate())
  const { epoch, epochs } = owner.workspace.access()
  const readers = [...epochs.get(epoch)!.roots.keys()]
  expect([readers.includes(old), readers.includes(open)]).toEqual([false, true])
})

test('links for several end with a removal, as whoever is removed may have seen them; others stay', async () => {
  const { owner, add, invite, join } = await createPeople()
  const ben = await add('editor')
  const ann = await add('admin')
  const [open, ownersOpen, once] = [
    await invite(owner, 'reader', false),
    await invite(owner, 'owner', false),
    await invite(owner, 'reader'),
  ]
  await ann.meet()
  expectOk(await ann.membership.remove([ben.keys.device]))
  await ann.meet()
  await owner.meet()
  await expect(join(open)).rejects.toThrow('invitation-ended')
  expect((await join(once)).workspace.role()).toBe('reader')
  // An admin has no say over a link for owners.
  expect((await join(ownersOpen)).workspace.role()).toBe('owner')
  await owner.meet()
  expect(owner.workspace.access().rotationDue).toBe(false)
})

test('links for several outlast somebody who leaves, and a device that its person takes out', async () => {
  const { owner, add, invite, join } = await createPeople()
  const other = await add(null)
  const ann = await add('admin')
  const open = await invite(owner, 'reader', false)
  await ann.meet()
  expectOk(await ann.membership.remove([ann.keys.device]))
  await ann.meet()
  await owner.meet()
  expectOk(await owner.membership.remove([other.keys.device]))
  await owner.meet()
  expect((await join(open)).workspace.role()).toBe('reader')
})

test('a member who leaves somebody a wrong root for them is not believed; the right one is', async () => {
  const { owner, add, invite, join } = await createPeople()
  const eve = await add('editor')
  await owner.meet()
  const seed = await invite(owner, 'editor')
  expectOk(await eve.meet())
  const ben = await join(seed)
  // The owner has not heard of Ben when the keys are changed.
  expectOk(await owner.membership.rotate())
  const textsOf = ({ workspace }: typeof owner) => workspace.statements().map(({ text }) => text)
  expectOk(await eve.workspace.hear([...textsOf(owner), ...textsOf(ben)]))
  const wrong = systemRandom(32)
  expectOk(await eve.workspace.say(async access => [await handingOver(access, wrong, [ben.keys.device])]))
  expectOk(await ben.workspace.hear(textsOf(eve)))
  expect(ben.workspace.hasRoot()).toBe(false)
  expectOk(await owner.workspace.hear(textsOf(eve)))
  await owner.membership.settle()
  expectOk(await ben.workspace.hear(textsOf(owner)))
  const { epoch } = owner.workspace.access()
  expect(ben.workspace.keyring.root(epoch)).toEqual(owner.workspace.keyring.root(epoch))
})

test('whoever waits for new keys seals with the newest that they have, not with some of long ago', async () => {
  const { owner, invite, join } = await createPeople()
  expectOk(await owner.membership.rotate())
  expectOk(await owner.membership.rotate())
  const ben = await join(await invite(owner, 'editor'))
  const last = ben.workspace.epoch()
  expect(last).toBe(owner.workspace.epoch())
  // The owner has not heard of Ben when the keys are changed.
  expectOk(await owner.membership.rotate())
  expectOk(await ben.workspace.hear(owner.workspace.statements().map(({ text }) => text)))
  expect(ben.workspace.hasRoot()).toBe(false)
  expect(ben.workspace.epoch()).toBe(last)
})

test('a reader and an editor change nothing about people, and nothing is stored of what they try', async () => {
  const { owner, add } = await createPeople()
  const ben = await add('editor')
  const before = ben.workspace.digest()
  expect(codeOf(await ben.membership.remove([owner.keys.device]))).toBe('access-denied')
  expect(codeOf(await ben.membership.setRole(ben.keys.device, 'owner'))).toBe('access-denied')
  expect(codeOf(await ben.membership.end())).toBe('access-denied')
  expect(ben.workspace.digest()).toBe(before)
})

test('an editor who leaves owes no keys: an admin’s device makes new ones as soon as it hears of it', async () => {
  const { owner, add } = await createPeople()
  const ben = await add('editor')
  expectOk(await ben.membership.remove([ben.keys.device]))
  await ben.meet()
  await owner.meet()
  expect(owner.workspace.access().rotationDue).toBe(true)
  await owner.membership.settle()
  expect(owner.workspace.access().rotationDue).toBe(false)
  expect(owner.workspace.hasRoot()).toBe(true)
})

test('whoever joins while the keys are changed elsewhere waits for them, and gets them from anybody who has them', async () => {
  const { owner, add, invite, join } = await createPeople()
  const cid = await add('reader')
  const seed = await invite(owner, 'editor')
  expectOk(await cid.meet())
  expectOk(await owner.membership.rotate()) // nobody has heard of it yet
  const ben = await join(seed)
  await owner.meet()
  expect(codeOf(await ben.meet())).toBe('keys-missing')
  await cid.meet()
  await cid.membership.settle()
  await cid.meet()
  expect(codeOf(await ben.meet())).toBe('ok')
  expect(ben.workspace.epoch()).toBe(owner.workspace.epoch())
})

test('two admins who remove each other at two relays are both out wherever both were heard, with new keys', async () => {
  const { owner, add, relay } = await createPeople()
  const ben = await add('admin')
  const cid = await add('admin')
  await ben.meet()
  const elsewhere = createFakeAccessRelay(owner.workspace.id)
  for (const text of relay.texts()) expectOk(await elsewhere.writeAccess(text, null))
  expectOk(await ben.membership.remove([cid.keys.device]))
  expectOk(await cid.membership.remove([ben.keys.device]))
  expectOk(await owner.workspace.hear(ben.workspace.statements().map(({ text }) => text)))
  expectOk(await owner.workspace.hear(cid.workspace.statements().map(({ text }) => text)))
  expect([...owner.workspace.access().devices.keys()]).toEqual([owner.keys.device])
  expect(owner.workspace.access().rotationDue).toBe(true)
  await owner.membership.settle()
  expect(owner.workspace.access().rotationDue).toBe(false)
})

test('keys of somebody who was put out at the same time count as those of some only, and those of before as everybody’s', async () => {
  const { owner, add } = await createPeople()
  const ben = await add('admin')
  await ben.meet()
  await owner.meet()
  const before = owner.workspace.epoch()
  expectOk(await ben.membership.rotate())
  const theirs = ben.workspace.epoch()
  expect(ben.workspace.isForAll(theirs)).toBe(true)
  expectOk(await owner.membership.remove([ben.keys.device]))
  expectOk(await owner.workspace.hear(ben.workspace.statements().map(({ text }) => text)))
  const { isForAll, epoch } = owner.workspace
  expect([theirs, before, epoch()].map(isForAll)).toEqual([false, true, true])
})

test('whoever kept the first key of a workspace cannot let it begin anew where it is known', async () => {
  const kept = await generateDeviceKeys()
  const ws = kept.device
  const begin = async (who: DeviceKeys<CryptoKey>, iat: number): Promise<string> => {
    const found: Act = { do: 'found', device: who.device, sealing: who.sealing, card: null }
    const keys = await rotating({ readers: [[who.device, who]], former: new Map(), random: systemRandom })
    return signStatement({ ws, gen: 0, prev: [], iat, acts: [found, keys] }, kept.signing, kept.publicKey)
  }
  const [device, thief] = [await generateDeviceKeys(), await generateDeviceKeys()]
  const store = await openDeviceStore('begun anew')
  const clock = { now: () => 0, after: () => () => {} }
  const stored = { id: ws, statements: [await begin(device, 1)], relays: [] }
  const workspace = expectOk(await openWorkspace(stored, { device, store, clock }))
  // Of two first statements the one with the smaller hash counts, where both are heard at once.
  for (let iat = 2; iat < 10; iat += 1) expectOk(await workspace.hear([await begin(thief, iat)]))
  expect([...workspace.access().devices.keys()]).toEqual([device.device])
})

test('what a relay makes up, repeats or leaves out changes nothing here', async () => {
  const { owner, add, relay } = await createPeople()
  const ben = await add('editor')
  await owner.meet()
  const known = relay.texts()
  expectOk(await owner.membership.remove([ben.keys.device]))
  await owner.meet()
  const digest = owner.workspace.digest()
  expectOk(await owner.workspace.hear(known)) // a membership record of before
  expectOk(await owner.workspace.hear([...relay.texts()].reverse()))
  expect(codeOf(await owner.workspace.hear(['made up']))).toBe('access-invalid')
  expect(owner.workspace.digest()).toBe(digest)
  expect(owner.workspace.isMember(ben.keys.device)).toBe(false)
})

test('a workspace that its owner deleted for everyone says so to the others', async () => {
  const { owner, add } = await createPeople()
  const ben = await add('editor')
  await owner.meet()
  expectOk(await owner.membership.end())
  expect(codeOf(await owner.meet())).toBe('workspace-deleted')
  expect(codeOf(await ben.meet())).toBe('workspace-deleted')
})

test('what was taken over from somebody who was out already is noticed until it was sent again', async () => {
  const { owner, add } = await createPeople()
  const ben = await add('editor')
  const cid = await add('admin')
  await owner.meet()
  cid.workspace.heard.note(ben.keys.device, SESSION, 9)
  owner.workspace.heard.note(ben.keys.device, SESSION, 7)
  expectOk(await owner.membership.remove([ben.keys.device]))
  await owner.meet()
  await cid.meet()
  expect(owner.workspace.heard.isLate(owner.workspace.access())).toBe(false)
  expect(cid.workspace.heard.isLate(cid.workspace.access())).toBe(true)
  cid.workspace.heard.forgetLate(cid.workspace.access())
  expect(cid.workspace.heard.isLate(cid.workspace.access())).toBe(false)
})
