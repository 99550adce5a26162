import type { DeviceId, SessionId } from '../ids.ts'
import type { Role } from './acts.ts'
import type { Access } from './judge.ts'

export const roleOfDevice = (access: Pick<Access, 'devices' | 'roles'>, device: DeviceId): Role | null => {
  const known = access.devices.get(device)
  return known ? (access.roles.get(known.person) ?? null) : null
}

/** Whether somebody has a say over others: who belongs to the workspace, its keys, its relays. */
export const isAdmin = (role: Role | null): boolean => role === 'owner' || role === 'admin'

/** Whether a device may write in the workspace now. */
export const mayWrite = (access: Pick<Access, 'devices' | 'roles'>, device: DeviceId): boolean => {
  const role = roleOfDevice(access, device)
  return role !== null && role !== 'reader'
}

/** Whether an envelope counts: of those who may write no more, up to where they were cut off. */
export const mayStillCount = (
  access: Pick<Access, 'devices' | 'roles' | 'cuts'>,
  device: DeviceId,
  session: SessionId,
  sequence: number,
): boolean => mayWrite(access, device) || sequence <= (access.cuts.get(device)?.[session] ?? 0)
