import type { DocumentId } from '../../protocol/ids.ts'
import type { NoteRow, NotesChanges, NotesValue } from '../../protocol/notes.ts'
import { createListeners } from '../listeners.ts'
import type { Home } from '../notes/home.ts'
import { noteFilter } from './note-filter.ts'
import { type AnyView, anyView, type RequestOf } from './view.ts'

interface State extends NotesValue {
  readonly version: number
}

const sameRows = (a: readonly NoteRow[], b: readonly NoteRow[]): boolean =>
  a.length === b.length && a.every((row, index) => row === b[index])

const changesBetween = (from: State, to: State): NotesChanges => {
  const known = new Map<DocumentId, NoteRow>(from.rows.map(row => [row.id, row]))
  const rows = to.rows.filter(row => known.get(row.id) !== row)
  const order = to.rows.map(({ id }) => id)
  const sameOrder =
    order.length === from.rows.length && order.every((id, index) => id === from.rows[index]?.id)
  return { rows, total: to.total, all: to.all, ...(sameOrder ? {} : { order }) }
}

/** A list of notes, filtered and cut to a limit. */
export const createNotesView = (home: Home, request: RequestOf<'notes'>): AnyView => {
  const { place, filter, limit } = request
  const matches = noteFilter(filter)
  const listeners = createListeners()
  const compute = (version: number): State => {
    const all = home.rows(place)
    const matching = filter.trim() === '' ? all : all.filter(matches)
    return { rows: matching.slice(0, limit), total: matching.length, all: all.length, version }
  }
  let state = compute(0)
  let outdated = false

  const read = (): State => {
    if (!outdated) return state
    outdated = false
    const next = compute(state.version + 1)
    const same = next.total === state.total && next.all === state.all && sameRows(next.rows, state.rows)
    if (!same) state = next
    return state
  }

  const stop = home.onChange(() => {
    outdated = true
    listeners.tell()
  })

  return anyView<State>({
    gather: 30,
    state: read,
    version: ({ version }) => version,
    value: () => {
      const { rows, total, all } = read()
      return { rows, total, all } satisfies NotesValue
    },
    changes: (from, to) => ({ changes: changesBetween(from, to) }),
    onChange: listeners.add,
    close: stop,
  })
}
