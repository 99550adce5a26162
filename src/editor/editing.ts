import type { NoteSessions } from './note-sessions.ts'
import type { EditingDeps } from './start-editing.ts'

/** The editor, which is more than half of the page's code: loaded when a note is opened, or when there is time. */
export interface Editing {
  /** Rejects where its code cannot be loaded; then it may be tried again. */
  load(): Promise<NoteSessions>
  /** Loads it and has it ready before anybody asks; nothing where somebody has. */
  prepare(): Promise<void>
  /** Null as long as no note can have been open in this page. */
  loaded(): NoteSessions | null
}

type Code = Pick<typeof import('./start-editing.ts'), 'startEditing' | 'warmUp'>

export const createEditing = (
  code: () => Promise<Code>,
  page: Document,
  deps: () => EditingDeps,
): Editing => {
  let notes: NoteSessions | null = null
  let loading: Promise<NoteSessions> | null = null

  const load = (): Promise<NoteSessions> => {
    loading ??= code().then(
      ({ startEditing }) => {
        notes = startEditing(deps())
        return notes
      },
      (error: unknown) => {
        loading = null
        throw error
      },
    )
    return loading
  }

  return {
    load,
    prepare: async () => {
      if (loading) return
      await load()
      const { warmUp } = await code()
      warmUp(page)
    },
    loaded: () => notes,
  }
}
