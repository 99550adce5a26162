import type { NoteRow, NotesChanges, NotesValue } from '../../protocol/notes.ts'
import { SYNC_EVENTS_KEPT, type SyncDetailsChanges, type SyncDetailsValue } from '../../protocol/sync.ts'
import type { ViewName, Views } from '../../protocol/views.ts'

/** Views whose deltas are applied to a value; the text of a note has its own way, in editor/. */
export type PlainView = Exclude<ViewName, 'note'>

/** Undefined where the changes do not fit the value: then the page asks for a snapshot. */
type Reducer<V extends PlainView> = (
  value: Views[V]['value'],
  changes: Views[V]['changes'],
) => Views[V]['value'] | undefined

export const applyNotes = (value: NotesValue, changes: NotesChanges): NotesValue | undefined => {
  const rows = new Map(value.rows.map(row => [row.id, row]))
  for (const row of changes.rows) rows.set(row.id, row)
  const order = changes.order ?? value.rows.map(row => row.id)
  const ordered = order.map(id => rows.get(id)).filter((row): row is NoteRow => row !== undefined)
  if (ordered.length !== order.length) return undefined
  return { rows: ordered, total: changes.total, all: changes.all }
}

export const applySyncDetails = (value: SyncDetailsValue, changes: SyncDetailsChanges): SyncDetailsValue => ({
  ...value,
  ...changes,
  events: [...value.events, ...changes.events].slice(-SYNC_EVENTS_KEPT),
})

export const reducers: { readonly [V in PlainView]: Reducer<V> } = {
  notes: applyNotes,
  sync: (_, changes) => changes,
  transfer: (_, changes) => changes,
  receipt: (_, changes) => changes,
  'sync-details': applySyncDetails,
  recovered: (_, changes) => changes,
  storage: (_, changes) => changes,
  lock: (_, changes) => changes,
  workspaces: (_, changes) => changes,
  vault: (_, changes) => changes,
  people: (_, changes) => changes,
}
