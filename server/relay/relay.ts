import type { WorkspaceId } from '../../protocol/ids.ts'
import { type AllowList, mayBeServed } from '../access/allow-list.ts'
import { createEntrance, UNKNOWN_WORKSPACE, WORKSPACE_DELETED } from '../access/entrance.ts'
import type { MakingPolicy } from '../access/making-policy.ts'
import { requireScope, rightsOf } from '../access/rights.ts'
import { createDeviceKeys } from '../door/verifier.ts'
import type { LogStore } from '../log/log-store.ts'
import type { Clock } from '../platform/clock.ts'
import { type Answer, refuse } from '../refusal.ts'
import { type AccessDesk, createAccessDesk } from './access-desk.ts'
import type { Answering } from './answering.ts'
import { createAsMember } from './as-member.ts'
import type { Connection, Session } from './connection.ts'
import { createDeletionDesk, type DeletionDesk } from './deletion-desk.ts'
import { createDirectory } from './directory.ts'
import { keepHouse } from './housekeeping.ts'
import { createLine } from './in-line.ts'
import type { RelayLimits } from './limits.ts'
import { createLogDesk, type LogDesk } from './log-desk.ts'
import { createOutgoing } from './outgoing.ts'
import type { RelayLog } from './relay-log.ts'
import { createMemberSession, type MemberSession } from './session.ts'

/** A relay without sockets: the edge of http/ puts it on a port, tests and simulations call it directly. */
export interface Relay {
  /** Lets a client in, or closes its connection with the reason. `token` and `origin` are null where it shows none. */
  connect(client: Arrival): Session
  /** The HTTP side. Refusals are answers; nothing rejects. */
  readonly log: LogDesk
  readonly access: AccessDesk
  readonly deletion: DeletionDesk
  /** Turns those away whose workspace is no longer served. */
  allowListChanged(): void
  /** Rejects where the relay cannot do its work. */
  check(): Promise<void>
  /** Turns everybody away, commits what is under way, and closes the store. */
  close(): Promise<void>
}

interface Arrival {
  readonly workspace: string
  readonly token: string | null
  readonly origin: string | null
  readonly connection: Connection
}

export interface RelayDeps {
  readonly store: LogStore
  readonly clock: Clock
  readonly limits: RelayLimits
  readonly making: MakingPolicy
  /** The workspaces that the operator has named, or null where all are served. */
  readonly allowList: AllowList | null
  readonly audiences: () => readonly string[]
  readonly isOriginAllowed: (origin: string | null) => boolean
  readonly relayLog: RelayLog
}

export const createRelay = (deps: RelayDeps): Relay => {
  const { store, clock, limits, relayLog } = deps
  const directory = createDirectory({
    store,
    quota: { bytes: limits.workspaceBytes, documents: limits.workspaceDocuments },
    deviceKeys: createDeviceKeys(),
    relayLog,
  })
  const entrance = createEntrance(deps)
  const asMember = createAsMember({ directory, entrance, clock })
  const inLine = createLine()
  const sessions = new Map<MemberSession, WorkspaceId>()
  const underWay = new Set<Promise<unknown>>()
  let closing = false

  /** Runs work that closing waits for. */
  const track = <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work)
    const done = (): void => void underWay.delete(work)
    work.then(done, done)
    return work
  }

  const SHUTTING_DOWN = refuse('shutting-down', 'The relay is being stopped. Try again in a moment.')

  const answering: Answering = async work => {
    if (closing) return SHUTTING_DOWN
    try {
      return await track(work())
    } catch (error) {
      relayLog.failed('read', error)
      return refuse('internal', 'Something went wrong in the relay. Nothing was lost; try again later.')
    }
  }

  const admit = async (arrival: Arrival): Promise<Answer<MemberSession>> => {
    const { connection } = arrival
    if (closing) return SHUTTING_DOWN
    if (!deps.isOriginAllowed(arrival.origin))
      return refuse('origin', 'This relay does not take connections from pages of this origin.')
    const entered = await entrance(arrival.workspace, arrival.token)
    if (!entered.ok) return entered
    const held = await directory.enter(entered.value.workspace)
    if (held === null) return UNKNOWN_WORKSPACE
    const { workspace, release } = held
    const { token } = entered.value
    const rights = rightsOf(workspace.membership().access, token, clock.now() / 1000)
    const scope = rights.ok ? requireScope(rights.value, 'read', 'write') : rights
    const free = workspace.participants.size < limits.connectionsPerWorkspace
    const deleted = workspace.isDeleted()
    if (closing || !rights.ok || !scope.ok || deleted || !free) {
      release()
      if (closing) return SHUTTING_DOWN
      if (!rights.ok) return rights
      if (!scope.ok) return scope
      if (deleted) return WORKSPACE_DELETED
      return refuse('too-many-connections', 'This workspace has as many connections as the relay grants it.')
    }
    const session: MemberSession = createMemberSession({
      workspace,
      token,
      scopes: rights.value,
      connection,
      store,
      clock,
      limits,
      entrance,
      relayLog,
      onEnd: () => {
        sessions.delete(session)
        release()
      },
    })
    sessions.set(session, workspace.id)
    return { ok: true, value: session }
  }

  const connect = (arrival: Arrival): Session => {
    let gone = false
    let inside: MemberSession | null = null
    const turnAway = createOutgoing({
      connection: arrival.connection,
      unreadBytes: limits.unreadBytes,
      onClose: code => relayLog.closed(code),
    })
    const session = track(
      admit(arrival).catch(error => {
        relayLog.failed('open', error)
        return refuse('internal', 'The relay could not open the workspace.')
      }),
    ).then(answer => {
      if (!answer.ok) turnAway.close(answer.error.code)
      else if (gone) answer.value.ended()
      inside = answer.ok ? answer.value : null
      return inside
    })
    return {
      admitted: session.then(admitted => admitted !== null),
      receive: bytes => track(session.then(admitted => admitted?.receive(bytes))),
      drained: () => inside?.drained(),
      ended: () => {
        gone = true
        void session.then(admitted => admitted?.ended())
      },
    }
  }

  const stopKeepingHouse = keepHouse({ store, clock, relayLog })

  return {
    connect,
    log: createLogDesk({ store, asMember, answering }),
    access: createAccessDesk({ ...deps, directory, entrance, asMember, inLine, answering }),
    deletion: createDeletionDesk({ directory, asMember, inLine, answering }),
    allowListChanged: () => {
      for (const [session, workspace] of sessions)
        if (!mayBeServed(deps.allowList, workspace).ok) session.close('not-listed')
    },
    check: () => store.check(),
    close: async () => {
      closing = true
      stopKeepingHouse()
      for (const session of sessions.keys()) session.close('shutting-down')
      while (underWay.size > 0) await Promise.allSettled(underWay)
      await store.close()
    },
  }
}
