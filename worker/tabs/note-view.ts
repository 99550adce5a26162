import type { NoteChanges, NoteValue } from '../../protocol/notes.ts'
import { ok, type Result } from '../../protocol/result.ts'
import { createListeners } from '../listeners.ts'
import { placeIn } from '../notes/notes.ts'
import type { HeldNotes } from './providers.ts'
import { type AnyView, anyView, type RequestOf } from './view.ts'

/** All of a note's view but the text, which its authority keeps. */
interface State extends Omit<NoteValue, 'text' | 'counts' | 'workspace'> {
  readonly version: number
}

const FACTS = ['stored', 'place', 'folder', 'present', 'readOnly'] as const

/** A note's text and what is known of it. The note, and its workspace, stay open until the view is closed. */
export const createNoteView = async (
  held: HeldNotes,
  request: RequestOf<'note'>,
): Promise<Result<AnyView>> => {
  const { notes, workspace } = held
  const { home } = notes
  const opened = await notes.open(request.note).catch(error => {
    held.release()
    throw error
  })
  if (!opened.ok) {
    held.release()
    return opened
  }
  const { text, document, release } = opened.value

  const look = (): State => ({
    version: text.version(),
    stored: text.stored(),
    place: placeIn(home, request.note),
    folder: home.get(request.note)?.row.folder ?? '',
    present: document.present(),
    readOnly: !notes.rights.mayWrite(),
  })
  let state = look()
  const read = (): State => {
    const next = look()
    const same = next.version === state.version && FACTS.every(fact => next[fact] === state[fact])
    if (!same) state = next
    return state
  }

  const listeners = createListeners()
  const announce = (): void => listeners.tell()
  const stops = [
    text.onChange(announce),
    document.onPresent(announce),
    notes.rights.onChange(announce),
    home.onChange(changed => {
      if (changed.has(request.note)) announce()
    }),
  ]

  const changesBetween = (from: State, to: State): { readonly changes: NoteChanges } | null => {
    const updates = text.since(from.version)
    if (!updates) return null
    const facts = FACTS.filter(fact => from[fact] !== to[fact]).map(fact => [fact, to[fact]])
    return { changes: { updates, ...Object.fromEntries(facts) } }
  }

  return ok(
    anyView<State>({
      gather: 0,
      state: read,
      version: ({ version }) => version,
      value: () => {
        const { stored, place, folder, present, readOnly } = read()
        const counts = text.counts()
        return {
          workspace,
          text: text.text(),
          stored,
          counts,
          place,
          folder,
          present,
          readOnly,
        } satisfies NoteValue
      },
      changes: changesBetween,
      edit: (version, updates) => notes.edit(request.note, version, updates),
      onChange: listeners.add,
      close: () => {
        for (const stop of stops) stop()
        release()
        held.release()
      },
    }),
  )
}
