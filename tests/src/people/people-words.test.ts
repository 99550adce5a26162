import { expect, test } from 'vitest'
import type { InvitationRow, PeopleValue, PersonRow } from '../../../protocol/people.ts'
import { arrivals } from '../../../src/people/arrivals.ts'
import { guessDevice } from '../../../src/people/device-guess.ts'
import {
  hasRunOut,
  invitationDetail,
  invitationTitle,
  isOver,
  lossWords,
  offerTitle,
  offerWords,
  removalWords,
  rolesToGive,
  toldWords,
} from '../../../src/people/people-words.ts'

const person = (name: string, more: Partial<PersonRow> = {}): PersonRow => ({
  person: name,
  name,
  role: 'editor',
  isMe: false,
  isNamed: true,
  devices: [{ device: `${name} 1`, name: 'Laptop', since: 0, invited: true, isThis: false }],
  ...more,
})
const ann = person('Ann', {
  role: 'owner',
  isMe: true,
  devices: [{ device: 'Ann 1', name: 'Laptop', since: 0, invited: false, isThis: true }],
})
const key: InvitationRow = {
  id: 'key',
  role: null,
  expires: null,
  once: false,
  byName: 'Ann',
  isMine: true,
  isRecovery: true,
}
const alone: PeopleValue = {
  workspace: 'W',
  me: 'Ann 1',
  role: 'owner',
  people: [ann],
  invitations: [],
  sync: true,
  rotationDue: false,
  keysMissing: false,
}

test('an owner with one device and no recovery key is told what a loss means before it happens', () => {
  expect(lossWords(alone)).toContain('nobody can bring you back in')
  const others = [ann, person('Ben', { role: 'admin' })]
  expect(lossWords({ ...alone, people: others })).toContain('somebody else has to invite you')
  expect(lossWords({ ...alone, people: [ann, person('Ben')] })).toContain('nobody can bring you back in')
  const twoDevices = { ...ann, devices: [...ann.devices, { ...ann.devices[0]!, device: 'Ann 2' }] }
  for (const value of [
    { ...alone, invitations: [key] },
    { ...alone, people: [twoDevices] },
    { ...alone, sync: false },
    { ...alone, role: 'reader' as const },
  ])
    expect(lossWords(value)).toBeNull()
  expect(lossWords({ ...alone, invitations: [{ ...key, isMine: false }] })).not.toBeNull()
})

test('members are told who has come, by name, and what became of themselves', () => {
  const ben = person('Ben')
  const both = { ...alone, people: [ann, ben] }
  expect(arrivals(alone, both)).toEqual(['Ben has joined as an editor.'])
  const phone = { device: 'Ben 2', name: 'Phone', since: 0, invited: true, isThis: false }
  const more = { ...alone, people: [ann, { ...ben, devices: [...ben.devices, phone] }] }
  expect(arrivals(both, more)).toEqual(['Ben has joined with “Phone”.'])
  const mine = { ...alone, people: [{ ...ann, devices: [...ann.devices, { ...phone, device: 'Ann 2' }] }] }
  expect(arrivals(alone, mine)).toEqual(['Your device “Phone” has joined.'])
  expect(arrivals(both, { ...both, role: 'reader' })).toEqual(['You are a reader of this workspace now.'])
  expect(arrivals(both, { ...both, role: null, people: [ben] })).toEqual([
    'This device was taken out of the workspace. What is here can still be read and exported.',
  ])
  expect(arrivals(both, alone)).toEqual([])
  expect(arrivals(undefined, both), 'a page that just opened tells nothing').toEqual([])
  expect(arrivals({ ...alone, people: [] }, both), 'nor one that had not heard the names').toEqual([])
  expect(arrivals({ ...alone, workspace: 'V' }, both), 'nor about another workspace').toEqual([])
})

test('who may give which role, and to whom', () => {
  expect(rolesToGive('owner')).toContain('owner')
  expect(rolesToGive('admin')).toEqual(['reader', 'editor', 'admin'])
  expect(rolesToGive('editor')).toEqual([])
  expect([
    isOver('admin', 'owner'),
    isOver('admin', 'admin'),
    isOver('owner', 'owner'),
    isOver('editor', 'reader'),
  ]).toEqual([false, true, true, false])
})

test('an invitation says for whom it is, how often and how long', () => {
  expect(invitationTitle(key)).toBe('Your recovery key')
  expect(invitationTitle({ ...key, isMine: false })).toBe('Recovery key of Ann')
  const open: InvitationRow = { ...key, isRecovery: false, role: 'reader', expires: 5_000, once: true }
  expect(invitationTitle(open)).toBe('A new reader')
  expect(invitationDetail(open, 0)).toMatch(/^Once, until .* made by you$/)
  expect(invitationDetail({ ...open, once: false, isMine: false }, 0)).toMatch(
    /^For several, until .* made by Ann$/,
  )
  expect(invitationDetail(open, 6_000)).toMatch(/^Ran out /)
  expect([hasRunOut(open, 4_000), hasRunOut(open, 6_000), hasRunOut(key, 6_000)]).toEqual([
    false,
    true,
    false,
  ])
  expect(invitationTitle({ ...open, role: null })).toBe('Another device of yours')
})

test('before somebody is removed it is said what they can still read', () => {
  expect(removalWords(person('Ben'), null)).toMatch(
    /^Everything that was on their devices stays there, and Ben can still read it\. Nothing that is written from now on/,
  )
  expect(removalWords(ann, { name: 'Phone' })).toContain('Nothing is wiped on it')
  expect(toldWords('Done.', { told: true })).toBe('Done.')
  expect(toldWords('Done.', { told: false })).toContain('as soon as this device reaches a relay')
})

test('whoever is invited reads whom and what they join', () => {
  const offer = {
    workspace: 'W',
    workspaceName: 'The boat',
    from: 'Ann',
    role: 'editor' as const,
    person: null,
    isRecovery: false,
    members: ['Ann'],
    alreadyMember: false,
    relay: 'https://relay.example',
  }
  expect(offerTitle(offer)).toBe('Join “The boat”?')
  expect(offerWords(offer)).toBe('Ann invites you as an editor. You can read and write.')
  const device = { ...offer, role: null, person: 'Ann' }
  expect([offerTitle(device), offerWords(device)]).toEqual([
    'Add this device to “The boat”?',
    'This device becomes one more device of Ann.',
  ])
  expect(offerTitle({ ...device, isRecovery: true, workspaceName: '' })).toBe('Come back to this workspace?')
})

test('a device is called by its browser and system until somebody names it', () => {
  const chrome =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
  expect(guessDevice(chrome)).toBe('Chrome on Linux')
  expect(guessDevice(`${chrome} Edg/156.0`.replace('X11; Linux x86_64', 'Windows NT 10.0; Win64; x64'))).toBe(
    'Edge on Windows',
  )
  expect(
    guessDevice(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    ),
  ).toBe('Safari on iPhone')
  expect(guessDevice('Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0')).toBe(
    'Firefox on Android',
  )
  expect(guessDevice('')).toBe('New device')
})
