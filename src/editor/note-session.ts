import { getSyncedVersion, receiveUpdates, sendableUpdates } from '@codemirror/collab'
import { ChangeSet, type Extension, Text } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import type { WorkspaceId } from '../../protocol/ids.ts'
import type { NoteChanges, NoteValue } from '../../protocol/notes.ts'
import type { Failure } from '../../protocol/result.ts'
import type { RunCommand } from '../connection/command-queue.ts'
import type { RequestFor, ViewFeed } from '../views/view-feed.ts'
import { createCollabView } from './collab-view.ts'
import { type Cursor, cursorOf, findCursor } from './cursor.ts'
import type { KeptEdits } from './edit-keeper.ts'
import { createOwnEdits, type NewText } from './own-edits.ts'
import { areOurs } from './own-updates.ts'
import { createPushLoop } from './push-loop.ts'
import type { EditHolder, UnstoredEdits } from './unstored-edits.ts'

export type NoteState = Pick<NoteValue, 'place' | 'folder' | 'present' | 'readOnly'>

export interface NoteSessionDeps {
  readonly note: string
  /** Where the note is, where that is known beforehand: else it is in the workspace that is shown. */
  readonly workspace?: WorkspaceId | undefined
  readonly feed: ViewFeed
  readonly run: RunCommand
  readonly edits: UnstoredEdits
  /** What the editor is made of, besides the sync. */
  readonly extensions: Extension
  readonly root: ShadowRoot
  /** Edits of a page before this one, which may not have been stored. */
  readonly inherited?: KeptEdits
  /** Those are stored now, or their note was deleted for good. */
  onInherited?(): void
  /** Where somebody was writing in a page before this one. */
  readonly cursor?: Cursor
  onReady(view: EditorView): void
  onNote(state: NoteState): void
  onUnavailable(why: Failure): void
  onProblem(problem: Failure | null): void
}

export interface NoteSession extends EditHolder {
  /** Undefined before the note was opened. */
  workspace(): WorkspaceId | undefined
  /** What would be lost if the page went away now; null if nothing. */
  kept(): KeptEdits | null
  /** Where somebody writes; null if nobody does. */
  cursor(): Cursor | null
  /** Sends everything at once that has not been sent: the page may go away now. */
  pushRest(): void
  /** Lets go of the note as soon as everything typed is stored. */
  close(): void
  /** Closed, and everything stored. */
  ended(): boolean
}

const isWritable = ({ place, readOnly }: NoteState): boolean => place === 'notes' && !readOnly

const FACTS = ['place', 'folder', 'present', 'readOnly'] as const

/** A tab that slept can be far behind, but never this many updates. */
const FURTHEST_AHEAD = 1_000_000

/** A note in an editor, kept the same as the worker's through stale pushes, gaps and new workers. */
export const openNoteSession = (deps: NoteSessionDeps): NoteSession => {
  let view: EditorView | null = null
  const ownEdits = createOwnEdits(deps.inherited, () => (view ? sendableUpdates(view.state) : []))
  let epoch = ''
  let workspace = deps.workspace
  let noteState: NoteState = { place: 'notes', folder: '', present: 0, readOnly: false }
  let awaitingSnapshot = true
  let closing = false
  /** What was inherited is done with. */
  let settled = deps.inherited === undefined
  let remade = false
  let ended = false

  const request = (): RequestFor<'note'> => ({
    view: 'note',
    note: deps.note,
    ...(workspace !== undefined && { workspace }),
  })

  const settle = () => {
    deps.edits.changed()
    if (!ownEdits.allStored() && noteState.place !== 'gone') return
    if (!settled) deps.onInherited?.()
    settled = true
    if (closing && !ended) end()
  }

  const loop = createPushLoop({
    edit: (version, updates) => watch.edit(version, updates),
    state: () => view!.state,
    counted: ownEdits.counted,
    ready: () => view !== null && !awaitingSnapshot,
    onOutOfStep: () => {
      awaitingSnapshot = true
    },
    onSettled: () => {
      if (awaitingSnapshot) watch.reset()
      settle()
    },
    onProblem: deps.onProblem,
  })

  const surface = createCollabView({
    editor: ownEdits.editor,
    extensions: deps.extensions,
    root: deps.root,
    onChange: loop.push,
    onEdited: deps.edits.changed,
  })

  const showNote = (changes: Partial<NoteState>) => {
    const wasWritable = isWritable(noteState)
    noteState = {
      place: changes.place ?? noteState.place,
      folder: changes.folder ?? noteState.folder,
      present: changes.present ?? noteState.present,
      readOnly: changes.readOnly ?? noteState.readOnly,
    }
    if (view && isWritable(noteState) !== wasWritable) surface.setWritable(view, !wasWritable)
    deps.onNote(noteState)
  }

  const start = (fresh: Text, at: NewText) => {
    view = surface.open(fresh, at.version, isWritable(noteState))
    surface.doAgain(view, ownEdits.goOn(fresh, at))
    deps.onReady(view)
    if (!deps.cursor) return
    view.dispatch({ selection: findCursor(view.state.doc, deps.cursor), scrollIntoView: true })
    view.focus()
  }

  /** Whether a version counts on from ours: each life of a text's authority begins at a random one. */
  const countsOn = (version: number): boolean => {
    const ahead = view ? version - getSyncedVersion(view.state) : -1
    return ahead >= 0 && ahead < FURTHEST_AHEAD
  }

  const onSnapshot = (at: { epoch: string; version: number }, value: NoteValue) => {
    const same = at.epoch === epoch && countsOn(at.version)
    if (same && view && (loop.pushing() || loop.acceptedTo() > at.version)) {
      // Which edits this text contains is known only once the push is answered and the text is no older than that.
      awaitingSnapshot = true
      if (!loop.pushing()) watch.reset()
      return
    }
    settleIn(value.workspace)
    const fresh = Text.of(value.text.split('\n'))
    const next = { version: at.version, counts: value.counts, same }
    if (view) surface.replaceText(view, fresh, at.version, ownEdits.goOn(fresh, next))
    epoch = at.epoch
    awaitingSnapshot = false
    showNote(value)
    if (!view) start(fresh, next)
    ownEdits.stored(value.stored)
    loop.restart()
    settle()
  }

  const onDelta = (span: { from: number; to: number }, changes: NoteChanges): boolean => {
    if (awaitingSnapshot || !view) return true
    if (getSyncedVersion(view.state) !== span.from || changes.updates.length !== span.to - span.from)
      return false
    const updates = changes.updates.map(({ clientID, count, changes }) => {
      const own = clientID === ownEdits.editor
      return { clientID, own, count: own ? count : undefined, changes: ChangeSet.fromJSON(changes) }
    })
    if (!areOurs(sendableUpdates(view.state), updates)) return false
    ownEdits.received(span.from, updates)
    if (updates.length > 0) view.dispatch(receiveUpdates(view.state, updates))
    if (changes.stored !== undefined) ownEdits.stored(changes.stored)
    if (FACTS.some(fact => changes[fact] !== undefined)) showNote(changes)
    loop.schedule()
    settle()
    return true
  }

  /** The worker ended before it had stored that there is this note; its words are here. */
  const remake = async () => {
    remade = true
    const made = await deps.run({ type: 'create-note' }, { id: deps.note, workspace })
    if (!made.ok) return deps.onProblem(made.error)
    watch.stop()
    watch = look()
  }

  const onUnavailable = (why: Failure) => {
    const { code } = why
    if (ownEdits.isInherited() && code === 'unknown-note' && !remade) return void remake()
    // What cannot be opened now may be there at the next start, and the edits with it.
    if (!ownEdits.isInherited() || code === 'no-note' || code === 'no-workspace')
      noteState = { ...noteState, place: 'gone' }
    deps.onUnavailable(why)
    settle()
  }

  /** Whatever workspace is shown by then: the next worker is asked for the note of this one. */
  const settleIn = (place: WorkspaceId) => {
    if (workspace === place) return
    workspace = place
    watch.rename(request())
  }

  const end = () => {
    ended = true
    loop.stop()
    watch.stop()
    view?.destroy()
    deps.edits.remove(session)
  }

  const session: NoteSession = {
    note: deps.note,
    workspace: () => workspace,
    allStored: ownEdits.allStored,
    isRefused: () => noteState.readOnly,
    pushRest: loop.pushRest,
    kept: ownEdits.kept,
    cursor: () => {
      if (closing) return null
      if (!view) return deps.cursor ?? null
      if (deps.root.activeElement !== view.contentDOM) return null
      return cursorOf(view.state)
    },
    close() {
      closing = true
      settle()
    },
    ended: () => ended,
  }
  deps.edits.add(session)
  const look = () =>
    deps.feed.watch<'note'>(request(), {
      snapshot: onSnapshot,
      delta: onDelta,
      unavailable: onUnavailable,
      // A version of the old worker means another text to the new one: nothing goes up before its snapshot.
      lost: () => {
        awaitingSnapshot = true
      },
    })
  let watch = look()
  return session
}
