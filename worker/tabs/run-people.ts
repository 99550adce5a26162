import { isRole, type PersonId, type Role } from '../../protocol/access/acts.ts'
import { type DeviceId, isDeviceId } from '../../protocol/ids.ts'
import type { DeviceName, InvitationSource, PeopleIntent, PeopleOutcomes } from '../../protocol/people.ts'
import { fail, type Result } from '../../protocol/result.ts'

type Answer<T extends keyof PeopleOutcomes> = Promise<Result<PeopleOutcomes[T]>>
type Terms = Omit<Extract<PeopleIntent, { type: 'create-invitation' }>, 'type'>

/** What concerns people, their devices, and who may come. */
export interface PeopleCommands {
  createInvitation(terms: Terms): Answer<'create-invitation'>
  createRecoveryKey(name: DeviceName | undefined): Answer<'create-recovery-key'>
  revokeInvitation(invitation: string): Answer<'revoke-invitation'>
  look(source: InvitationSource): Answer<'look-at-invitation'>
  join(source: InvitationSource, name: DeviceName, bring: boolean): Answer<'join-workspace'>
  setRole(person: PersonId, role: Role): Answer<'set-role'>
  removeDevices(devices: readonly DeviceId[]): Answer<'remove-member'>
  rotateKeys(): Answer<'rotate-keys'>
  renameDevice(device: DeviceId, name: DeviceName): Answer<'rename-device'>
}

const UNKNOWN = fail('unknown-command', 'This tab asked for something that is not known here. Reload it.')

const isName = (value: unknown): value is DeviceName => {
  const { person, device } = (value ?? {}) as Partial<DeviceName>
  return typeof person === 'string' && typeof device === 'string'
}

const isSource = (value: unknown): value is InvitationSource => {
  const source = (value ?? {}) as Record<string, unknown>
  const isText = (field: string) => typeof source[field] === 'string'
  return isText('link') || (isText('workspace') && isText('relay') && isText('phrase'))
}

const isDevices = (value: unknown): value is readonly DeviceId[] =>
  Array.isArray(value) && value.length > 0 && value.every(isDeviceId)

export const runPeople = async (
  people: PeopleCommands,
  intent: PeopleIntent,
): Promise<Result<PeopleOutcomes[keyof PeopleOutcomes]>> => {
  switch (intent.type) {
    case 'create-invitation':
      return intent.name === undefined || isName(intent.name) ? people.createInvitation(intent) : UNKNOWN
    case 'create-recovery-key':
      return intent.name === undefined || isName(intent.name)
        ? people.createRecoveryKey(intent.name)
        : UNKNOWN
    case 'revoke-invitation':
      return isDeviceId(intent.invitation) ? people.revokeInvitation(intent.invitation) : UNKNOWN
    case 'look-at-invitation':
      return isSource(intent.source) ? people.look(intent.source) : UNKNOWN
    case 'join-workspace':
      return isSource(intent.source) && isName(intent.name)
        ? people.join(intent.source, intent.name, intent.bring === true)
        : UNKNOWN
    case 'set-role':
      return isDeviceId(intent.person) && isRole(intent.role)
        ? people.setRole(intent.person, intent.role)
        : UNKNOWN
    case 'remove-member':
      return isDevices(intent.devices) ? people.removeDevices(intent.devices) : UNKNOWN
    case 'rotate-keys':
      return people.rotateKeys()
    case 'rename-device':
      return isDeviceId(intent.device) && isName(intent.name)
        ? people.renameDevice(intent.device, intent.name)
        : UNKNOWN
  }
}
