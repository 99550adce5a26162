import type { WorkspaceRow } from '../../protocol/views.ts'
import type { Workspace } from '../workspace/workspace.ts'

interface Membership {
  /** What this device may do; null where it is not a member any more. */
  readonly role: WorkspaceRow['role']
  readonly people: number
  readonly devices: number
}

/** What is said of this device and the others of a workspace. */
export const membership = (workspace: Pick<Workspace, 'access' | 'role'>): Membership => {
  const { devices, roles } = workspace.access()
  return { role: workspace.role(), people: roles.size, devices: devices.size }
}
