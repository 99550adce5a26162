import type { WorkspaceId } from '../../protocol/ids.ts'
import { createKnownMemberships } from '../access/known-memberships.ts'
import type { DeviceKeys } from '../door/verifier.ts'
import type { LogStore, Quota } from '../log/log-store.ts'
import type { RelayLog } from './relay-log.ts'
import { createWorkspace, type Workspace } from './workspace.ts'

/** The workspaces in use. Each is in memory once, and only while somebody uses it. */
export interface Directory {
  /** Null where the relay does not have it; otherwise `release` must follow. Rejects where the store does. */
  enter(id: WorkspaceId): Promise<Held | null>
  /** The next to enter finds it as it is stored; those inside keep what they have. */
  forget(id: WorkspaceId): void
  use<T>(id: WorkspaceId, work: (workspace: Workspace | null) => Promise<T>): Promise<T>
}

interface Held {
  readonly workspace: Workspace
  release(): void
}

interface Deps {
  readonly store: LogStore
  readonly quota: Quota
  readonly deviceKeys: DeviceKeys
  readonly relayLog: RelayLog
}

interface Room {
  readonly workspace: Promise<Workspace | null>
  users: number
}

export const createDirectory = (deps: Deps): Directory => {
  const rooms = new Map<WorkspaceId, Room>()
  const readMembership = createKnownMemberships()

  const open = async (id: WorkspaceId): Promise<Workspace | null> => {
    const stored = await deps.store.find(id)
    if (stored === null) return null
    const read = await readMembership(id, stored.statements)
    if (!read.ok) throw new Error(`What is stored about the members is damaged: ${read.error.message}`)
    const membership = read.value
    if (membership === null) return null
    // The relay stopped between hearing that a workspace ends and letting go of it.
    if (membership.access.ended && !stored.deleted) {
      await deps.store.empty(id)
      return open(id)
    }
    const slots = await deps.store.slots(id)
    return createWorkspace({ ...deps, ...stored, id, membership, slots })
  }

  const enter = async (id: WorkspaceId): Promise<Held | null> => {
    const room = rooms.get(id) ?? { workspace: open(id), users: 0 }
    rooms.set(id, room)
    room.users += 1
    let released = false
    const release = (): void => {
      if (released) return
      released = true
      room.users -= 1
      if (room.users === 0 && rooms.get(id) === room) rooms.delete(id)
    }
    try {
      const workspace = await room.workspace
      if (workspace !== null) return { workspace, release }
    } catch (error) {
      release()
      throw error
    }
    release()
    return null
  }

  return {
    enter,
    forget: id => void rooms.delete(id),
    use: async (id, work) => {
      const held = await enter(id)
      try {
        return await work(held?.workspace ?? null)
      } finally {
        held?.release()
      }
    },
  }
}
