import type { DocumentId } from '../../protocol/ids.ts'
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
  readonly focusText: () => Promise<void>
  readonly focusList: () => Promise<void>
}

/** Does what the person wants of the app as a whole. */
export const createGrant = (deps: Deps): ((what: Wish) => Promise<void>) => {
  const { ask, say, navigation, dialogs, workspace } = deps

  const closeIfOpen = (note: DocumentId): void => {
    if (navigation.note === note) navigation.closeNote()
  }

  const trash = async (note: DocumentId): Promise<void> => {
    if ((await ask({ type: 'trash-note', note })) === undefined) return
    closeIfOpen(note)
    const bringBack = async () => {
      if ((await ask({ type: 'restore-note', note })) !== undefined) navigation.openNote(note)
    }
    say({ text: 'Moved to the trash.', action: { label: 'Undo', act: () => void bringBack() } })
  }

  const exportNotes = async (): Promise<void> => {
    const made = await ask({ type: 'export-notes' })
    if (!made?.archive) return
    await download(made.archive, archiveName(new Date()))
    if (made.missing > 0) say({ text: missingFromExport(made.missing), alarm: true })
  }

  const transferred = (text: string, back: WayBack | undefined): void => {
    if (!back) {
      say({ text })
      return
    }
    closeIfOpen(back.note)
    const { notes, from, to } = back
    const undo = async () => {
      const intent = { type: 'transfer-notes', notes, target: to, keep: false } as const
      const done = await ask(intent, { workspace: from })
      const [note] = done?.notes ?? []
      if (note !== undefined && workspace.id === to) navigation.openNote(note)
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
      case 'close-note':
        navigation.closeNote()
        return deps.focusList()
      case 'trash-note':
        return trash(what.note)
      case 'restore-note':
        if ((await ask({ type: 'restore-note', note: what.note })) === undefined) return
        navigation.showPlace('notes')
        return say({ text: 'The note is back.' })
      case 'delete-note':
        if ((await ask({ type: 'delete-note', note: what.note })) === undefined) return
        closeIfOpen(what.note)
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
      case 'say':
        return say({ text: what.text })
      case 'switch-workspace':
        await ask({ type: 'switch-workspace', target: what.target })
        return
      case 'transfer-note':
        return dialogs.transfer(what.note, what.keep)
      case 'transferred':
        return transferred(what.text, what.back)
    }
  }
}
