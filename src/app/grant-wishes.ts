import type { Role } from '../../protocol/access/acts.ts'
import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import { whyNot } from '../people/why-not.ts'
import { archiveName, download } from '../transfer/download.ts'
import { missingFromExport } from '../transfer/export-report.ts'
import type { ShownWorkspace } from '../workspaces/shown-workspace.ts'
import type { Ask } from './ask.ts'
import type { Dialogs } from './dialogs.ts'
import type { WayBack, Wish } from './events.ts'
import type { Toast } from './hf-toast.ts'
import type { Navigation } from './navigation.ts'
import type { NewNote } from './new-note.ts'

interface Deps {
  readonly ask: Ask
  readonly say: (toast: Toast) => void
  readonly navigation: Navigation
  readonly dialogs: Dialogs
  readonly workspace: ShownWorkspace
  readonly newNote: NewNote
  /** What the person may do; null where this device is out. */
  readonly role: () => Role | null
  readonly focusText: () => Promise<void>
  readonly focusList: () => Promise<void>
  /** What was selected in the list is done with. */
  readonly endSelection: () => void
}

/** Does what the person wants of the app as a whole. */
export const createGrant = (deps: Deps): ((what: Wish) => Promise<void>) => {
  const { ask, say, navigation, dialogs, workspace } = deps

  const closeIfOpen = (notes: readonly DocumentId[]): void => {
    if (navigation.note !== null && notes.includes(navigation.note)) navigation.closeNote()
  }

  /** One after the other, and no more after one that was refused. */
  const each = async (
    type: 'trash-note' | 'restore-note',
    notes: readonly DocumentId[],
  ): Promise<readonly DocumentId[]> => {
    const done: DocumentId[] = []
    for (const note of notes) {
      if ((await ask({ type, note })) === undefined) break
      done.push(note)
    }
    return done
  }

  const trash = async (notes: readonly DocumentId[]): Promise<void> => {
    const done = await each('trash-note', notes)
    closeIfOpen(done)
    deps.endSelection()
    // Why the next one was refused is on the screen, and stays there.
    if (done.length < notes.length) return
    const bringBack = async () => {
      const [back] = await each('restore-note', done)
      if (back !== undefined && done.length === 1) navigation.openNote(back)
    }
    const text = done.length === 1 ? 'Moved to the trash.' : `${done.length} notes were moved to the trash.`
    say({ text, action: { label: 'Undo', act: () => void bringBack() } })
  }

  const openIn = async (note: DocumentId, target: WorkspaceId): Promise<void> => {
    if (navigation.note !== note) return
    navigation.bind(note, target)
    await ask({ type: 'switch-workspace', target })
  }

  const exportNotes = async (): Promise<void> => {
    const made = await ask({ type: 'export-notes' })
    if (!made?.archive) return
    await download(made.archive, archiveName(new Date()))
    if (made.missing > 0) say({ text: missingFromExport(made.missing), alarm: true })
  }

  const transferred = (text: string, back: WayBack | undefined): void => {
    deps.endSelection()
    if (!back) {
      say({ text })
      return
    }
    closeIfOpen(back.were)
    const { notes, from, to } = back
    const undo = async () => {
      const intent = { type: 'transfer-notes', notes, target: to, keep: false } as const
      const done = await ask(intent, { workspace: from })
      const [note, ...others] = done?.notes ?? []
      if (note !== undefined && others.length === 0 && workspace.id === to) navigation.openNote(note)
    }
    say({ text, action: { label: 'Undo', act: () => void undo() } })
  }

  return async what => {
    switch (what.type) {
      case 'new-note':
        return deps.newNote.begin()
      case 'open-note':
        navigation.openNote(what.note)
        return what.write ? deps.focusText() : undefined
      case 'open-note-in':
        return openIn(what.note, what.workspace)
      case 'close-note':
        navigation.closeNote()
        return deps.focusList()
      case 'trash-notes':
        return trash(what.notes)
      case 'restore-note':
        if ((await ask({ type: 'restore-note', note: what.note })) === undefined) return
        navigation.showPlace('notes')
        return say({ text: 'The note is back.' })
      case 'delete-note':
        if ((await ask({ type: 'delete-note', note: what.note })) === undefined) return
        closeIfOpen([what.note])
        return say({ text: 'Deleted for good.' })
      case 'show-place':
        navigation.showPlace(what.place)
        return navigation.closeNote()
      case 'show-dialog':
        return dialogs.show(what.dialog)
      case 'show-page':
        navigation.openPage(what.page)
        return dialogs.show(null)
      case 'export':
        return exportNotes()
      case 'tell-why-not':
        return say({ text: whyNot(deps.role()) })
      case 'say':
        return say({ text: what.text })
      case 'switch-workspace':
        await ask({ type: 'switch-workspace', target: what.target })
        return
      case 'transfer-notes':
        return dialogs.transfer(what.notes, what.keep)
      case 'transferred':
        return transferred(what.text, what.back)
    }
  }
}
