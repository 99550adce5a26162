import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { parseInvitation } from '../../../protocol/invitation-link.ts'
import { generateDeviceKeys } from '../../../worker/keys/device-keys.ts'
import { openCard } from '../../../worker/keys/sealed-root.ts'
import { acceptInvitation, findInvitation } from '../../../worker/workspace/invitation.ts'
import { codeOf, createPeople, DAY, expectOk } from './setup.ts'

test('whoever is invited reads the same content keys, though the seed never holds them', async () => {
  const { owner, invite, join } = await createPeople()
  const seed = await invite(owner, 'editor')
  const ben = await join(seed)
  const root = owner.workspace.keyring.root(owner.workspace.epoch())!
  expect(ben.workspace.keyring.root(ben.workspace.epoch())).toEqual(root)
  expect(Buffer.from(seed).equals(Buffer.from(root))).toBe(false)
  expect(ben.workspace.role()).toBe('editor')
  await owner.meet()
  expect(owner.workspace.isMember(ben.keys.device)).toBe(true)
})

test('whoever is invited sees whom and what they join, and members see who came', async () => {
  const { owner, invite, invitationAt, join } = await createPeople()
  const seed = await invite(owner, 'reader')
  const found = expectOk(await findInvitation(invitationAt(seed)))
  expect(found.card).toEqual({ workspace: 'Ours', from: 'Ana' })
  expect(found.access.invitations.get(found.keys.id)?.role).toBe('reader')
  const ben = await join(seed)
  await owner.meet()
  const { card } = owner.workspace.access().devices.get(ben.keys.device)!
  expect(await openCard(card!, owner.workspace.keyring.root)).toBe('Ben')
  expect(card).not.toContain('Ben')
})

test('whoever is invited sees whom they join also where the keys were changed since', async () => {
  const { owner, invite, invitationAt } = await createPeople()
  const seed = await invite(owner, 'editor')
  expectOk(await owner.membership.rotate())
  await owner.meet()
  expect(expectOk(await findInvitation(invitationAt(seed))).card).toMatchObject({
    workspace: 'Ours',
    from: 'Ana',
  })
})

test('devices that join at once by a link for several all get in, by one for a single use the first', async () => {
  const { owner, invite, invitationAt, relay, join } = await createPeople()
  const open = await invite(owner, null, false)
  const joined = await Promise.all([join(open), join(open), join(open)])
  await owner.meet()
  expect(joined.every(({ keys }) => owner.workspace.isMember(keys.device))).toBe(true)

  const once = await invite(owner, 'editor')
  const two = await Promise.all([generateDeviceKeys(), generateDeviceKeys()])
  const results = await Promise.all(
    two.map(device => acceptInvitation({ ...invitationAt(once), device, name: '' })),
  )
  expect(results.map(codeOf).sort()).toEqual(['invitation-ended', 'ok'])
  expect(relay.texts().length).toBe(7)
})

test('an invitation that ran out lets nobody in, not even past an inattentive relay', async () => {
  const { owner, invite, invitationAt, later } = await createPeople()
  const seed = await invite(owner, 'editor')
  later(DAY + 3_600_000)
  const device = await generateDeviceKeys()
  expect(codeOf(await acceptInvitation({ ...invitationAt(seed), device, name: '' }))).toBe('invitation-ended')
})

test('an invitation that was taken back lets nobody in, and its keys read nothing that is written later', async () => {
  const { owner, invite, invitationAt } = await createPeople()
  const seed = await invite(owner, 'editor')
  const stolen = expectOk(await findInvitation(invitationAt(seed)))
  expect(codeOf(await owner.membership.revoke(stolen.keys.id))).toBe('ok')
  await owner.meet()
  expect(codeOf(await findInvitation(invitationAt(seed)))).toBe('invitation-ended')
  expect(owner.workspace.epoch()).not.toBe(stolen.epoch)
  expect(owner.workspace.access().epochs.get(owner.workspace.epoch())!.roots.has(stolen.keys.id)).toBe(false)
})

test('links that are cut short or meant for something else are refused in words', () => {
  for (const text of ['', 'hello', 'https://x.example/#join=', 'https://x.example/#join=a.b.c', '#join=...'])
    expect(codeOf(parseInvitation(text))).toBe('bad-link')
})
