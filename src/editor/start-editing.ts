import '../notes/hf-note.ts'
import type { RunCommand } from '../connection/command-queue.ts'
import type { ViewFeed } from '../views/view-feed.ts'
import type { createEditStash } from './edit-stash.ts'
import { createNoteSessions, type NoteSessions } from './note-sessions.ts'
import type { UnstoredEdits } from './unstored-edits.ts'

export { warmUp } from './warm-up.ts'

export interface EditingDeps {
  readonly feed: ViewFeed
  readonly run: RunCommand
  readonly edits: UnstoredEdits
  readonly stash: ReturnType<typeof createEditStash>
  /** The note that the page shows, or null. */
  readonly shown: string | null
  readonly page: Pick<Window, 'addEventListener'>
}

/** Makes notes open in this page, and goes on with what pages before it had not stored. */
export const startEditing = ({ stash, shown, page, ...deps }: EditingDeps): NoteSessions => {
  const notes = createNoteSessions(deps)
  const before = stash.take()
  notes.goOn(before.legacy, before.writing, shown)
  const takeOver = (from: string) => {
    const legacy = stash.left(from)
    if (legacy) notes.takeOver(legacy)
  }
  for (const from of stash.pages()) takeOver(from)
  // Tabs that stay go on with what one that is closed had to leave.
  page.addEventListener('storage', ({ key, newValue }) => {
    const from = stash.pageOf(key)
    if (from !== null && newValue !== null) takeOver(from)
  })
  return notes
}
