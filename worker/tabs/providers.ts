import { ok } from '../../protocol/result.ts'
import type { SyncValue } from '../../protocol/views.ts'
import type { Notes } from '../notes/notes.ts'
import type { Transfer } from '../notes/transfer.ts'
import { createNoteView } from './note-view.ts'
import { createNotesView } from './notes-view.ts'
import type { Providers } from './view.ts'
import { createWholeView, type Observable } from './whole-view.ts'

interface Workspace {
  readonly notes: Notes
  readonly transfer: Transfer
  readonly sync: Observable<SyncValue>
}

/** The views of one workspace. */
export const createProviders = ({ notes, transfer, sync }: Workspace): Providers => ({
  notes: async request => ok(createNotesView(notes.home, request)),
  note: request => createNoteView(notes, request),
  sync: async () => ok(createWholeView(sync)),
  transfer: async () => ok(createWholeView(transfer)),
})
