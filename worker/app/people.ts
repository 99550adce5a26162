import type { Access } from '../../protocol/access/judge.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import type { InvitationRow, PeopleValue, PersonRow } from '../../protocol/people.ts'
import { createListeners } from '../listeners.ts'
import type { Observable } from '../tabs/whole-view.ts'
import { createNameReader, type Names } from '../workspace/cards.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { unchanging } from './unchanging.ts'

interface Deps {
  readonly workspace: Workspace
  /** This device. */
  readonly device: DeviceId
  /** Who belongs to the workspace, its relays or its keys may have changed. */
  readonly onChange: (listener: () => void) => () => void
}

const peopleOf = ({ devices, roles }: Access, names: Names, self: DeviceId): PersonRow[] => {
  const me = devices.get(self)?.person
  const people = [...roles].map(([person, role]) => ({
    person,
    name: names.person(person),
    role,
    isMe: person === me,
    isNamed: names.isNamed(person),
    devices: [...devices]
      .filter(([, device]) => device.person === person)
      .map(([id, { since, via }]) => ({
        device: id,
        name: names.device(id),
        since: since * 1000,
        invited: via !== null,
        isThis: id === self,
      })),
  }))
  return people.sort((a, b) => Number(b.isMe) - Number(a.isMe))
}

const invitationsOf = ({ devices, invitations }: Access, names: Names, self: DeviceId): InvitationRow[] => {
  const personOf = (device: DeviceId) => devices.get(device)?.person ?? device
  return [...invitations].map(([id, { role, exp, once, by }]) => ({
    id,
    role,
    expires: exp === null ? null : exp * 1000,
    once,
    byName: names.person(personOf(by)),
    isMine: personOf(by) === personOf(self),
    isRecovery: exp === null,
  }))
}

/** Who belongs to a workspace, with the names that only its members can read. */
export const createPeople = ({ workspace, device, onChange }: Deps): Observable<PeopleValue> => {
  const readNames = createNameReader(workspace.keyring)
  const listeners = createListeners()
  let read: { readonly access: Access; readonly names: Names } | null = null

  const announce = (): void => listeners.tell()

  /** Names are opened one step behind; whoever is new is shown without one until then. */
  const look = async (): Promise<void> => {
    const access = workspace.access()
    if (read?.access !== access) {
      const names = await readNames(access)
      if (workspace.access() === access) read = { access, names }
    }
    announce()
  }

  const compute = (): PeopleValue => {
    const access = workspace.access()
    const known = read
    return {
      workspace: workspace.id,
      me: device,
      role: workspace.role(),
      people: known === null ? [] : peopleOf(known.access, known.names, device),
      invitations: known === null ? [] : invitationsOf(known.access, known.names, device),
      sync: workspace.relays().length > 0,
      rotationDue: access.rotationDue,
      keysMissing: workspace.role() !== null && !workspace.hasRoot(),
    }
  }

  const changed = (): void => {
    look().catch(error => console.error('The names of the members could not be read.', error))
  }
  let isFollowing = false
  /** Names are opened only for somebody who looks. */
  const follow = (): void => {
    if (isFollowing) return
    isFollowing = true
    onChange(changed)
    changed()
  }
  const get = unchanging(compute)

  return {
    get: () => {
      follow()
      return get()
    },
    subscribe: listeners.add,
  }
}
