import type { WorkspaceId } from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import type { WorkspaceRow, WorkspacesValue } from '../../protocol/views.ts'
import { cleanName, FIRST_LOOK, isColour } from '../../protocol/workspace-look.ts'
import { createInTurn } from '../in-turn.ts'
import { createListeners } from '../listeners.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import type { StoredWorkspace } from '../storage/stored-workspace.ts'
import type { Observable } from '../tabs/whole-view.ts'
import { membership } from './membership.ts'
import type { Session } from './session.ts'
import type { HeldSession, Sessions } from './sessions.ts'
import { unchanging } from './unchanging.ts'

/** The workspaces of this device, and the one that is shown: in all tabs the same. */
export interface Workspaces extends Observable<WorkspacesValue> {
  /** The session of the one that is shown. */
  current(): Session
  /**
   * Shows another one from now on. `before` runs when it is open and nobody sees it yet.
   * Errors: `busy`, `no-workspace`, those of opening, and of `before`.
   */
  show(id: WorkspaceId, before?: (session: Session) => Promise<Result<null>>): Promise<Result<null>>
  /** Whether another one could be shown now. Errors: `busy`. */
  mayShow(): Result<null>
  /** Reads what is stored of all of them again. */
  refresh(): Promise<void>
  /** Resolves when nothing of it is under way any more. */
  close(): Promise<void>
}

interface Deps {
  readonly store: DeviceStore
  readonly sessions: Sessions
  readonly first: HeldSession
  /** Whether an import or export is running, which belongs to the workspace it began in. */
  readonly isBusy: () => boolean
  /** Another one is shown: tabs are to be told. */
  readonly onShown: (session: Session) => void
}

const BUSY = fail('busy', 'An import or export is still running. Wait until it is done, or cancel it first.')

const byName = (a: WorkspaceRow, b: WorkspaceRow): number =>
  a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)

/** Starts what a shown workspace does by itself; nobody waits for it. */
export const beginInBackground = (session: Session): void => {
  session.begin().catch(error => console.error('Sync could not be started.', error))
}

export const createWorkspaces = async (deps: Deps): Promise<Workspaces> => {
  const { store, sessions } = deps
  const listeners = createListeners()
  let all: readonly StoredWorkspace[] = []
  let relayed: ReadonlySet<WorkspaceId> = new Set()
  let shown = deps.first
  const inTurn = createInTurn()
  let keeping: Promise<void> = Promise.resolve()
  let stopFollowing = (): void => undefined

  const read = async (): Promise<void> => {
    const stored = await store.workspaces()
    const were = await Promise.all(stored.map(({ id }) => store.wasRelayed(id)))
    relayed = new Set(stored.filter((_, index) => were[index]).map(({ id }) => id))
    all = stored
  }
  await read()

  const row = (stored: StoredWorkspace): WorkspaceRow => {
    const { workspace, look } = shown.session
    // Before anybody has chosen, or before that has arrived, it is called as the invitation called it.
    const name = cleanName(stored.name ?? '') || FIRST_LOOK.name
    const colour = isColour(stored.colour) ? stored.colour : FIRST_LOOK.colour
    if (stored.id === workspace.id) {
      const { role, people, devices } = membership(workspace)
      const sync = workspace.relays().length > 0
      const onlyHere = !sync && !relayed.has(stored.id)
      const kind = people > 1 ? 'shared' : 'personal'
      const looks = { name, colour, ...look.chosen() }
      return { id: stored.id, ...looks, kind, current: true, sync, onlyHere, role, devices }
    }
    return {
      id: stored.id,
      name,
      colour,
      kind: (stored.people ?? 1) > 1 ? 'shared' : 'personal',
      current: false,
      sync: stored.relays.length > 0,
      onlyHere: !relayed.has(stored.id),
      role: null,
      devices: null,
    }
  }

  const announce = (): void => listeners.tell()

  const refresh = async (): Promise<void> => {
    await read()
    announce()
  }

  /** Keeps for later what the open one says of itself. */
  const keepFacts = async ({ workspace, look }: Session): Promise<void> => {
    const stored = all.find(({ id }) => id === workspace.id)
    const { name, colour } = look.chosen()
    const facts = {
      ...(name !== undefined && { name }),
      ...(colour !== undefined && { colour }),
      people: membership(workspace).people,
    }
    const same = (Object.keys(facts) as (keyof typeof facts)[]).every(key => stored?.[key] === facts[key])
    if (same) return
    await store.changeWorkspace(workspace.id, facts)
    await refresh()
  }

  const follow = (session: Session): void => {
    const look = (): void => {
      announce()
      keeping = keeping
        .then(() => keepFacts(session))
        .catch(error => console.error('The name of a workspace could not be kept.', error))
    }
    const stops = [session.look.onChange(look), session.onChange(look)]
    stopFollowing = () => {
      for (const stop of stops.splice(0)) stop()
    }
    look()
  }
  follow(shown.session)

  const mayShow = (): Result<null> => (deps.isBusy() ? BUSY : ok(null))

  const showNow: Workspaces['show'] = async (id, before) => {
    if (id === shown.session.workspace.id) return ok(null)
    const may = mayShow()
    if (!may.ok) return may
    const held = await sessions.acquire(id)
    if (!held.ok) return held
    const { session, release } = held.value
    try {
      const prepared = (await before?.(session)) ?? ok(null)
      if (!prepared.ok) {
        await release()
        return prepared
      }
      await store.setCurrentWorkspace(id)
      await read()
    } catch (error) {
      await release()
      throw error
    }
    const last = shown
    stopFollowing()
    shown = held.value
    follow(session)
    deps.onShown(session)
    announce()
    beginInBackground(session)
    await last.release()
    return ok(null)
  }

  return {
    current: () => shown.session,
    get: unchanging(() => ({ rows: all.map(row).toSorted(byName) })),
    subscribe: listeners.add,
    // Each closes what the one before it opened.
    show: (id, before) => inTurn(() => showNow(id, before)),
    mayShow,
    refresh,
    close: async () => {
      stopFollowing()
      await inTurn(async () => undefined)
      stopFollowing()
      await keeping
    },
  }
}
