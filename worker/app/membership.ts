import type { DeviceId } from '../../protocol/ids.ts'
import type { WorkspaceRow } from '../../protocol/views.ts'
import type { Workspace } from '../workspace/workspace.ts'

interface Membership {
  /** What this device may do; null where it is not in the list any more. */
  readonly role: WorkspaceRow['role']
  readonly people: number
  readonly devices: number
}

/** What the signed list of a workspace says of this device and the others. */
export const membership = (workspace: Workspace, device: DeviceId): Membership => {
  const { members } = workspace.newest().list
  // Every device that is invited is taken for one of the same person.
  return { role: members[device] ?? null, people: 1, devices: Object.keys(members).length }
}
