import { fromBase64url, toBase64url } from '../../protocol/bytes.ts'
import { type DocumentId, isDocumentId, isNoteDocument, type WorkspaceId } from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { cleanName, FIRST_LOOK, isColour } from '../../protocol/workspace-look.ts'
import { copyNotes } from '../notes/copy-notes.ts'
import { nameFromTitle } from '../notes/file-path.ts'
import type { WorkspaceCommands } from '../tabs/run-command.ts'
import { createWorkspace } from '../workspace/workspace.ts'
import { createFarewell } from './farewell.ts'
import type { Farewells } from './farewells.ts'
import type { ForgetWorkspace } from './forget-workspace.ts'
import type { Session, SessionDeps } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Workspaces } from './workspaces.ts'

interface Deps extends Pick<SessionDeps, 'device' | 'store' | 'random' | 'clock'> {
  readonly workspaces: Workspaces
  readonly sessions: Sessions
  readonly forget: ForgetWorkspace['forget']
  readonly farewells: Pick<Farewells, 'keep'>
}

const NO_NAME = fail('no-name', 'A workspace needs a name. Write at least one letter.')
const NO_WORKSPACE = fail('no-workspace', 'This workspace is not on this device any more.')
const SAME_WORKSPACE = fail('same-workspace', 'The notes are in this workspace already.')
const WAS_SYNCED = fail(
  'was-synced',
  'This workspace has been at a relay and may be on other devices, and sync is off, so that they would not hear of it. Turn on sync to delete it for everyone, or leave it: then it goes from this device.',
)

/** The same id for the same command and note, so that a command that is sent again makes no second copy. */
const copyId = async (command: string, note: DocumentId): Promise<DocumentId> => {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`copy ${command} ${note}`))
  return toBase64url(new Uint8Array(hash).subarray(0, fromBase64url(note).length))
}

const allNotes = ({ notes }: Session): DocumentId[] => notes.home.rows('notes').map(({ id }) => id)

/** The commands about the workspaces of this device. */
export const createWorkspaceCommands = (deps: Deps): WorkspaceCommands => {
  const { workspaces, sessions, store, forget } = deps

  const farewell = createFarewell(deps.device.device, deps.farewells)

  const withOne = async <T>(
    id: WorkspaceId,
    work: (session: Session) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const held = await sessions.acquire(id)
    if (!held.ok) return held
    try {
      return await work(held.value.session)
    } finally {
      await held.value.release()
    }
  }

  /** Runs `work` with two open workspaces, whichever of them is shown. */
  const withBoth = async <T>(
    source: WorkspaceId,
    target: WorkspaceId,
    work: (from: Session, into: Session) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const from = await sessions.acquire(source)
    if (!from.ok) return from
    try {
      const into = await sessions.acquire(target)
      if (!into.ok) return into
      try {
        return await work(from.value.session, into.value.session)
      } finally {
        await into.value.release()
      }
    } finally {
      await from.value.release()
    }
  }

  const copy = async (
    command: string,
    notes: (from: Session) => readonly DocumentId[],
    places: { readonly source: WorkspaceId; readonly target: WorkspaceId },
    how: { readonly keep: boolean; readonly below?: string },
  ): Promise<Result<readonly DocumentId[]>> =>
    withBoth(places.source, places.target, async (from, into) => {
      await from.notes.flush()
      const copies = await Promise.all(
        notes(from).map(async note => ({ note, as: await copyId(command, note) })),
      )
      const done = await copyNotes({
        ...how,
        from: from.notes,
        into: { documents: into.documents, home: into.notes.home },
        copies,
      })
      await from.notes.home.stored()
      return done
    })

  /** The workspace that is shown instead of one that goes: a personal one, made where there is none. */
  const another = async (gone: WorkspaceId): Promise<WorkspaceId> => {
    const others = workspaces.get().rows.filter(({ id }) => id !== gone)
    const personal = others.find(({ kind }) => kind === 'personal')
    if (personal) return personal.id
    const made = await createWorkspace(deps.device, deps.random, deps.clock)
    await store.setWorkspace({ ...made, name: FIRST_LOOK.name })
    return made.id
  }

  const isHere = async (id: WorkspaceId): Promise<boolean> => (await store.workspace(id)) !== undefined

  /** Errors: `busy`, those of opening the one that is shown instead. */
  const takeAway = async (id: WorkspaceId, instead: WorkspaceId): Promise<Result<null>> => {
    if (workspaces.current().workspace.id === id) {
      const shown = await workspaces.show(instead)
      if (!shown.ok) return shown
    }
    await forget(id)
    await workspaces.refresh()
    return ok(null)
  }

  return {
    find: async note => {
      for (const { id, current } of workspaces.get().rows)
        if (!current && isNoteDocument(note) && (await store.documents(id)).has(note))
          return ok({ workspace: id })
      return ok({ workspace: null })
    },
    /** Errors: `no-name`, `bad-colour`, `busy`. */
    create: async (command, { name, colour }) => {
      const clean = cleanName(String(name))
      // Before anything is made: what is refused later would be left over.
      if (clean === '') return NO_NAME
      const cutShort = (await store.workspaces()).find(({ madeBy }) => madeBy === command)
      const made = cutShort ?? (await createWorkspace(deps.device, deps.random, deps.clock))
      if (!cutShort)
        await store.setWorkspace({
          ...made,
          madeBy: command,
          name: clean,
          ...(isColour(colour) && { colour }),
        })
      const shown = await workspaces.show(made.id, async (session): Promise<Result<null>> => {
        if (session.look.chosen().name !== undefined) return ok(null)
        const written = session.look.set({ name, colour })
        if (!written.ok) return written
        await session.notes.home.stored()
        return ok(null)
      })
      if (shown.ok) return ok({ workspace: made.id })
      await forget(made.id)
      return shown
    },
    /** Errors: `busy`, `no-workspace`, those of opening. */
    switchTo: workspace => workspaces.show(workspace),
    /** Errors: `no-name`, `bad-colour`, `newer-schema`. */
    change: async ({ name, colour }) => {
      const { look, notes } = workspaces.current()
      const written = look.set({ name, colour })
      if (!written.ok) return written
      await notes.home.stored()
      return ok(null)
    },
    /** Errors: `no-workspace`, `last-owner`, `busy`, and those of copying: then nothing was taken away. */
    leave: async (command, id, keepCopy) => {
      if (!(await isHere(id))) return NO_WORKSPACE
      const may = await withOne(id, async session => farewell.mayLeave(session))
      if (!may.ok) return may
      const instead = await another(id)
      let notesKept = 0
      if (keepCopy) {
        const name = workspaces.get().rows.find(row => row.id === id)?.name ?? FIRST_LOOK.name
        const places = { source: id, target: instead }
        const how = { keep: true, below: nameFromTitle(name) }
        const kept = await copy(command, allNotes, places, how)
        if (!kept.ok && kept.error.code !== 'no-note') return kept
        notesKept = kept.ok ? kept.value.length : 0
        const given = await withBoth(id, instead, async (from, into) => {
          await from.vault.giveTo(into.vault)
          return ok(null)
        })
        if (!given.ok) return given
      }
      const told = await withOne(id, async session => ok(await farewell.leave(session)))
      if (!told.ok) return told
      const gone = await takeAway(id, instead)
      return gone.ok ? ok({ notesKept, told: told.value }) : gone
    },
    /** For everyone, where it was ever at a relay. Errors: `no-workspace`, `access-denied`, `sync-off`, `unreachable`, `busy`. */
    delete: async id => {
      if (!(await isHere(id))) return NO_WORKSPACE
      if (await store.wasRelayed(id)) {
        const ended = await withOne(id, farewell.end)
        if (!ended.ok) return ended.error.code === 'sync-off' ? WAS_SYNCED : ended
      }
      return await takeAway(id, await another(id))
    },
    /** Errors: `no-note`, `same-workspace`, `no-workspace`, and those of copying. */
    transfer: async (command, { source, target, notes, keep }) => {
      if (source === target) return SAME_WORKSPACE
      const copied = await copy(command, () => notes.filter(isDocumentId), { source, target }, { keep })
      return copied.ok ? ok({ notes: copied.value }) : copied
    },
  }
}
