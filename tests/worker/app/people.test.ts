import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import type { DeviceName, InvitationSource, MadeInvitation, PeopleValue } from '../../../protocol/people.ts'
import { ok } from '../../../protocol/result.ts'
import { createFarewell } from '../../../worker/app/farewell.ts'
import { readSource } from '../../../worker/app/joining.ts'
import { createPeople as createPeopleView } from '../../../worker/app/people.ts'
import { createPeopleCommands } from '../../../worker/app/people-commands.ts'
import type { Session } from '../../../worker/app/session.ts'
import { systemRandom } from '../../../worker/platform/random.ts'
import { sealedRelay, trustedServer } from '../../../worker/storage/stored-relay.ts'
import { cardText } from '../../../worker/workspace/cards.ts'
import { acceptInvitation, findInvitation } from '../../../worker/workspace/invitation.ts'
import { codeOf, createPeople, expectOk, type Person } from '../workspace/setup.ts'

const RELAY = 'http://localhost:4321'
const NONE_KEPT = { keep: async () => false }
const ANN: DeviceName = { person: 'Ann', device: 'Laptop' }

const setup = async () => {
  const people = await createPeople()
  let isOpen = true
  let chosen: { readonly name?: string } = {}
  /** What the commands need of a session. */
  const sessionOf = ({ workspace, membership, meet }: Person): Session =>
    ({
      workspace,
      membership,
      look: { get: () => ({ name: 'Personal', colour: 'green' }), chosen: () => chosen },
      sync: () => ({ at: () => ({ state: () => ({ link: { phase: isOpen ? 'open' : 'waiting' } }) }) }),
      startSync: async () => undefined,
      publish: async () => {
        await meet()
        return ok(null)
      },
    }) as unknown as Session
  const commandsOf = (person: Person) =>
    createPeopleCommands({
      device: person.keys,
      random: systemRandom,
      clock: people.clock,
      current: () => sessionOf(person),
      app: 'https://app.example',
    })
  await people.owner.workspace.setRelays([sealedRelay(RELAY)])
  const seen = async (person: Person): Promise<PeopleValue> => {
    const view = createPeopleView({
      workspace: person.workspace,
      device: person.keys.device,
      onChange: person.workspace.onChange,
    })
    view.get()
    await new Promise<void>(resolve => {
      view.subscribe(resolve)
    })
    return view.get()
  }
  const offerOf = async (source: InvitationSource) => {
    const { workspace, seed } = expectOk(await readSource(source))
    return findInvitation({ ...people.invitationAt(seed), workspace })
  }
  /** Comes with an invitation, as another person or as one more device. */
  const come = async (made: MadeInvitation, name: DeviceName): Promise<Person> => {
    const { seed } = expectOk(await readSource({ link: made.link }))
    return people.join(seed, undefined, cardText(name))
  }
  return {
    ...people,
    sessionOf,
    commandsOf,
    seen,
    offerOf,
    come,
    call: (name: string) => {
      chosen = { name }
    },
    lose: () => {
      isOpen = false
    },
  }
}

const LINK = { role: 'editor', once: true, days: 7 } as const
const names = ({ people }: PeopleValue) =>
  people.map(({ name, devices }) => [name, ...devices.map(each => each.name)])

test('whoever invites is named by it, and whoever comes is seen by their name, which no relay can read', async () => {
  const { owner, commandsOf, seen, come, offerOf, relay, call } = await setup()
  const commands = commandsOf(owner)
  expect(names(await seen(owner))[0]?.[0]).toMatch(/^Unnamed device .{6}$/)
  const made = expectOk(await commands.createInvitation({ ...LINK, name: ANN }))
  const found = expectOk(await offerOf({ link: made.link }))
  expect(found.card).toEqual({ workspace: 'Ann’s workspace', from: 'Ann' })
  call('The boat')
  const named = expectOk(await commands.createInvitation(LINK))
  expect(expectOk(await offerOf({ link: named.link })).card?.workspace).toBe('The boat')
  const ben = await come(made, { person: ' Ben\n', device: 'Phone' })
  expectOk(await owner.meet())
  expect(names(await seen(owner))).toEqual([
    ['Ann', 'Laptop'],
    ['Ben', 'Phone'],
  ])
  expect(names(await seen(ben))).toEqual([
    ['Ben', 'Phone'],
    ['Ann', 'Laptop'],
  ])
  const said = relay.texts().map(text => Buffer.from(text.split('.')[1]!, 'base64url').toString())
  expect(said.join()).not.toMatch(/Ann|Ben|boat|Laptop|Phone/)
  expect(await offerOf({ link: made.link }), 'it was for one').toMatchObject({
    error: { code: 'invitation-ended' },
  })
})

test('a name that somebody has is not taken away by the next invitation', async () => {
  const { owner, commandsOf, seen } = await setup()
  const commands = commandsOf(owner)
  expectOk(await commands.createInvitation({ ...LINK, name: ANN }))
  expectOk(await commands.createInvitation({ ...LINK, name: { person: 'Eve', device: 'Other' } }))
  expect(names(await seen(owner))).toEqual([['Ann', 'Laptop']])
})

test('seven words and the id lead to the same invitation, however they are typed, and others to none', async () => {
  const { owner, commandsOf, offerOf } = await setup()
  const made = expectOk(await commandsOf(owner).createInvitation({ ...LINK, phrase: true, name: ANN }))
  const words = made.words!
  const typed = (phrase: string, workspace = made.workspace): InvitationSource => ({
    workspace,
    relay: RELAY,
    phrase,
  })
  expect(words.split(' ')).toHaveLength(7)
  expect(expectOk(await offerOf(typed(words.toUpperCase()))).keys.id).toBe(made.invitation)
  const short = words.split(' ').map(word => word.slice(0, 4))
  expect(expectOk(await offerOf(typed(short.join(', '), made.workspaceWords))).keys.id).toBe(made.invitation)
  const other = words.startsWith('zoo') ? 'abandon' : 'zoo'
  expect(codeOf(await offerOf(typed(words.replace(/^\w+/, other))))).toBe('invitation-ended')
  for (const source of [
    typed(words, 'x'.repeat(42)),
    typed('one two three'),
    typed(words.replace(/^\w+/, 'holdfast')),
    { ...typed(words), relay: 'ftp://relay' },
    { link: 'https://app.example/' },
  ])
    expect(codeOf(await readSource(source))).toMatch(/^bad-(workspace|words|relay|link)$/)
})

test('a recovery key makes one more device of its person, in any year, until it is taken back', async () => {
  const { owner, commandsOf, come, seen, later, offerOf } = await setup()
  const commands = commandsOf(owner)
  const made = expectOk(await commands.createRecoveryKey(ANN))
  expect(made.expires).toBeNull()
  const byWords = { workspace: made.workspace, relay: RELAY, phrase: made.words! }
  expect(made.words!.split(' ')).toHaveLength(24)
  later(5 * 365 * 24 * 3_600_000)
  expect(expectOk(await offerOf(byWords)).access.invitations.get(made.invitation)?.person).toBe(
    owner.keys.device,
  )
  const fresh = await come(made, { person: 'Ann', device: 'New laptop' })
  expect(fresh.workspace.role()).toBe('owner')
  expect(names(await seen(fresh))).toEqual([['Ann', 'Laptop', 'New laptop']])
  expectOk(await owner.meet())
  const before = owner.workspace.epoch()
  expectOk(await commands.revokeInvitation(made.invitation))
  expect(owner.workspace.epoch(), 'whoever has it must not read on').not.toBe(before)
  expect(codeOf(await offerOf(byWords))).toBe('invitation-ended')
})

test('a person is called the same on all devices, and only they say how', async () => {
  const { owner, commandsOf, come, seen } = await setup()
  const commands = commandsOf(owner)
  const made = expectOk(await commands.createInvitation({ role: null, once: true, days: 1, name: ANN }))
  const phone = await come(made, { person: 'Ann', device: 'Phone' })
  expectOk(await owner.meet())
  expectOk(await commands.renameDevice(phone.keys.device, { person: 'Anna', device: 'Small phone' }))
  expectOk(await owner.meet())
  expectOk(await phone.meet())
  expect(names(await seen(phone))).toEqual([['Anna', 'Laptop', 'Small phone']])
  // Whichever of the devices is left, the name is.
  expectOk(await commandsOf(phone).removeDevices([owner.keys.device]))
  expect(names(await seen(phone))).toEqual([['Anna', 'Small phone']])
})

test('nobody is removed by mistake: not this device, not the last owner, and not by those who may not', async () => {
  const { owner, add, commandsOf, sessionOf } = await setup()
  const ben = await add('editor')
  await owner.meet()
  const commands = commandsOf(owner)
  expect(codeOf(await commands.removeDevices([owner.keys.device]))).toBe('this-device')
  expect(codeOf(await commands.setRole(owner.keys.device, 'editor'))).toBe('last-owner')
  const his = commandsOf(ben)
  expect(codeOf(await his.removeDevices([owner.keys.device]))).toBe('last-owner')
  expect(codeOf(await his.rotateKeys())).toBe('access-denied')
  expect(codeOf(await his.setRole(ben.keys.device, 'owner'))).toBe('access-denied')
  expect(codeOf(await his.renameDevice(owner.keys.device, ANN))).toBe('access-denied')
  const farewell = createFarewell(owner.keys.device, NONE_KEPT)
  expect(codeOf(farewell.mayLeave(sessionOf(owner)))).toBe('last-owner')
  expectOk(await commands.setRole(ben.keys.device, 'owner'))
  expect(codeOf(farewell.mayLeave(sessionOf(owner)))).toBe('ok')
})

test('whoever leaves says so, and is out for those who stay', async () => {
  const { owner, add, sessionOf } = await setup()
  const ben = await add('editor')
  await owner.meet()
  const told = await createFarewell(ben.keys.device, NONE_KEPT).leave(sessionOf(ben))
  expect(told).toBe('now')
  await owner.meet()
  expect(owner.workspace.isMember(ben.keys.device)).toBe(false)
})

test('an owner ends the workspace for everyone, and nobody else does', async () => {
  const { owner, add, sessionOf } = await setup()
  const ben = await add('admin')
  expect(codeOf(await createFarewell(ben.keys.device, NONE_KEPT).end(sessionOf(ben)))).toBe('access-denied')
  await owner.meet()
  await createFarewell(owner.keys.device, NONE_KEPT).end(sessionOf(owner))
  await ben.meet()
  expect(ben.workspace.access().ended).toBe(true)
})

test('without a relay that answers nobody is invited, and nothing is said', async () => {
  const { owner, commandsOf, lose } = await setup()
  const commands = commandsOf(owner)
  const before = owner.workspace.digest()
  lose()
  expect(codeOf(await commands.createInvitation(LINK))).toBe('unreachable')
  await owner.workspace.setRelays([trustedServer('https://yjs.example')])
  expect(codeOf(await commands.createInvitation(LINK))).toBe('no-relay')
  await owner.workspace.setRelays([])
  expect(codeOf(await commands.createRecoveryKey(undefined))).toBe('sync-off')
  for (const odd of [{ days: 0 }, { days: 1.5 }, { days: 9999 }, { role: 'king' as never }])
    expect(codeOf(await commands.createInvitation({ ...LINK, ...odd }))).toBe('bad-invitation')
  expect(owner.workspace.digest()).toBe(before)
})

test('an invitation that was taken back lets nobody in, not even at a relay that did not hear of it', async () => {
  const { owner, commandsOf, invitationAt, relay } = await setup()
  const commands = commandsOf(owner)
  const made = expectOk(await commands.createInvitation(LINK))
  const { seed } = expectOk(await readSource({ link: made.link }))
  const before = [...relay.texts()]
  expectOk(await commands.revokeInvitation(made.invitation))
  const stale = { ...relay, readAccess: async () => ok(before) }
  const device = (await createPeople()).owner.keys
  const accepted = await acceptInvitation({ ...invitationAt(seed, stale), device, name: '' })
  await owner.meet()
  expect(owner.workspace.isMember(device.device)).toBe(false)
  expect(codeOf(accepted)).toBe('invitation-ended')
})
