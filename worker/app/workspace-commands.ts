import { fail, ok, type Result } from '../../protocol/result.ts'
import { cleanName, isColour } from '../../protocol/workspace-look.ts'
import type { WorkspaceCommands } from '../tabs/run-command.ts'
import { createWorkspace } from '../workspace/workspace.ts'
import type { SessionDeps } from './session.ts'
import type { Workspaces } from './workspaces.ts'

interface Deps extends Pick<SessionDeps, 'device' | 'store' | 'random' | 'clock'> {
  readonly workspaces: Workspaces
}

const NO_NAME = fail('no-name', 'A workspace needs a name. Write at least one letter.')

/** The commands about the workspaces of this device. */
export const createWorkspaceCommands = (deps: Deps): WorkspaceCommands => {
  const { workspaces, store } = deps
  return {
    /** Errors: `no-name`, `bad-colour`, `busy`. */
    create: async ({ name, colour }) => {
      // Before anything is made: what is refused later would be left over.
      if (cleanName(String(name)) === '') return NO_NAME
      const made = await createWorkspace(deps.device, deps.random, deps.clock)
      await store.setWorkspace({
        ...made,
        name: cleanName(String(name)),
        ...(isColour(colour) && { colour }),
      })
      const shown = await workspaces.show(made.id, async (session): Promise<Result<null>> => {
        const written = session.look.set({ name, colour })
        if (!written.ok) return written
        await session.notes.home.stored()
        return ok(null)
      })
      if (shown.ok) return ok({ workspace: made.id })
      await store.removeWorkspace(made.id)
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
  }
}
