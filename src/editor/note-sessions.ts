import type { RunCommand } from '../connection/command-queue.ts'
import type { ViewFeed } from '../views/view-feed.ts'
import type { LeftEdits, Legacy, Stash, WritingPlace } from './edit-stash.ts'
import { noteExtensions } from './note-extensions.ts'
import { type NoteSession, type NoteSessionDeps, openNoteSession } from './note-session.ts'
import type { UnstoredEdits } from './unstored-edits.ts'

export type NoteListener = Pick<NoteSessionDeps, 'onReady' | 'onNote' | 'onUnavailable' | 'onProblem'>

export interface NoteSessions {
  open(note: string, root: ShadowRoot, listener: NoteListener): NoteSession
  /**
   * Goes on with what the page before this one had not stored: in the editor where `shown` is opened, elsewhere
   * without showing it.
   */
  goOn(legacy: Legacy, writing: WritingPlace | null, shown: string | null): void
  /** Has what a page of another tab left stored, without showing it. */
  takeOver(legacy: Legacy): void
  /** Sends at once what has not been sent. */
  pushRest(): void
  /** What would be lost if the page went away now. */
  kept(): Stash
}

interface Inherited extends LeftEdits {
  onInherited(): void
}

const unseen: NoteListener = {
  onReady: () => {},
  onNote: () => {},
  onUnavailable: () => {},
  onProblem: () => {},
}

/** An editor outside of any shadow root would put its styles into the page, which the page's policy forbids. */
const nowhere = (): ShadowRoot => document.createElement('div').attachShadow({ mode: 'open' })

const TOO_LONG = {
  code: 'note-too-long',
  message: 'This note has reached the longest length there is. Go on in another note; nothing is lost.',
}

export const createNoteSessions = (deps: {
  readonly feed: ViewFeed
  readonly run: RunCommand
  readonly edits: UnstoredEdits
}): NoteSessions => {
  /** With whether its edits were taken over from another tab. */
  const sessions = new Map<NoteSession, boolean>()
  /** Left by the page before this one for the note that it showed. */
  let unstored: readonly Inherited[] = []
  let writing: WritingPlace | null = null

  const start = (
    note: string,
    listener: NoteListener,
    more: Pick<NoteSessionDeps, 'root' | 'workspace' | 'inherited' | 'onInherited' | 'cursor'>,
    taken = false,
  ) => {
    const extensions = noteExtensions(() => listener.onProblem(TOO_LONG))
    const session = openNoteSession({ ...deps, ...more, ...listener, note, extensions })
    sessions.set(session, taken)
    return session
  }

  const inherit = ({ unstored, settled }: Legacy): readonly Inherited[] => {
    if (unstored.length === 0) settled()
    let rest = unstored.length
    const onInherited = () => {
      rest -= 1
      if (rest === 0) settled()
    }
    return unstored.map(left => ({ ...left, onInherited }))
  }

  const finish = ({ note, workspace, edits: inherited, onInherited, taken }: Inherited) =>
    start(note, unseen, { root: nowhere(), workspace, inherited, onInherited }, taken).close()

  return {
    open(note, root, listener) {
      const left = unstored.find(left => left.note === note)
      const cursor = writing?.note === note ? writing : undefined
      if (left) unstored = []
      writing = null
      return start(note, listener, {
        root,
        ...(left && { workspace: left.workspace, inherited: left.edits, onInherited: left.onInherited }),
        ...(cursor && { cursor }),
      })
    },
    goOn(legacy, place, shown) {
      writing = place
      const all = inherit(legacy)
      // Two editors that are typed in must never be the same one, so what was taken over is not shown.
      const first = all.find(({ note, taken }) => note === shown && !taken)
      if (first) unstored = [first]
      for (const left of all) if (left !== first) finish(left)
    },
    takeOver(legacy) {
      for (const left of inherit(legacy)) finish({ ...left, taken: true })
    },
    pushRest: () => {
      for (const session of sessions.keys()) session.pushRest()
    },
    kept: () => {
      for (const session of sessions.keys()) if (session.ended()) sessions.delete(session)
      const left = [...sessions].flatMap(([session, taken]): LeftEdits[] => {
        const edits = session.kept()
        const { note } = session
        return edits ? [{ note, workspace: session.workspace(), edits, ...(taken && { taken }) }] : []
      })
      const places = [...sessions.keys()].flatMap(session => {
        const cursor = session.cursor()
        return cursor ? [{ note: session.note, ...cursor }] : []
      })
      const waiting = unstored.map(({ note, workspace, edits }) => ({ note, workspace, edits }))
      return { unstored: [...waiting, ...left], writing: places.at(-1) ?? writing }
    },
  }
}
