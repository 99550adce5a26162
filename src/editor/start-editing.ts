import { Text } from '@codemirror/state'
import '../notes/hf-note.ts'
import type { RunCommand } from '../connection/command-queue.ts'
import type { ViewFeed } from '../views/view-feed.ts'
import { createCollabView } from './collab-view.ts'
import type { createEditStash } from './edit-stash.ts'
import { noteExtensions } from './note-extensions.ts'
import { createNoteSessions, type NoteSessions, nowhere } from './note-sessions.ts'
import type { UnstoredEdits } from './unstored-edits.ts'

export interface EditingDeps {
  readonly feed: ViewFeed
  readonly run: RunCommand
  readonly edits: UnstoredEdits
  readonly stash: ReturnType<typeof createEditStash>
  /** The note that the page shows, or null. */
  readonly shown: string | null
  readonly page: Pick<Window, 'addEventListener'>
}

const SAMPLE = '# Title\n\nWords, *more* words and **most** of them.\n\n- [ ] a task\n\n> quoted\n\n`code`\n'

/** The first editor of a page takes twice as long as those after it: that one is never seen. */
export const warmUp = (): void => {
  const surface = createCollabView({
    editor: '',
    extensions: noteExtensions(() => undefined),
    root: nowhere(),
    onEdited: () => undefined,
  })
  surface.open(Text.of(SAMPLE.split('\n')), 0, true).destroy()
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
