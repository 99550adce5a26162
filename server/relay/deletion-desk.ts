import type { Answer } from '../refusal.ts'
import type { Answering } from './answering.ts'
import type { AsMember } from './as-member.ts'
import type { Directory } from './directory.ts'
import type { InLine } from './in-line.ts'

/** Deleting what the relay keeps of a workspace. What is said about its members stays, so that
 * whoever was removed stays removed. */
export interface DeletionDesk {
  /** For owners. Harmless where it was deleted before. */
  remove(workspace: string, token: string | null): Promise<Answer<null>>
}

interface Deps {
  readonly directory: Pick<Directory, 'forget'>
  readonly asMember: AsMember
  /** Shared with whatever else changes a workspace as a whole. */
  readonly inLine: InLine
  readonly answering: Answering
}

export const createDeletionDesk = ({ directory, asMember, inLine, answering }: Deps): DeletionDesk => ({
  remove: (id, token) =>
    answering(() =>
      inLine(() =>
        asMember(id, token, ['admin'], async workspace => {
          if (!workspace.isDeleted()) {
            await workspace.remove()
            directory.forget(workspace.id)
          }
          return { ok: true, value: null }
        }),
      ),
    ),
})
