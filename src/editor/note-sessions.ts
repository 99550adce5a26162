import type { RunCommand } from '../connection/command-queue.ts'
import type { ViewFeed } from '../views/view-feed.ts'
import type { Stash, WritingPlace } from './edit-stash.ts'
import { noteExtensions } from './note-extensions.ts'
import { type NoteSession, type NoteSessionDeps, openNoteSession } from './note-session.ts'
import type { UnstoredEdits } from './unstored-edits.ts'

export type NoteListener = Pick<NoteSessionDeps, 'onReady' | 'onNote' | 'onUnavailable' | 'onProblem'>

export interface NoteSessions {
  open(note: string, root: ShadowRoot, listener: NoteListener): NoteSession
  /**
   * Goes on with what a page before this one had not stored: in the editor where `shown` is opened, elsewhere without
   * showing it.
   */
  goOn(stash: Stash, shown: string | null): void
  /** Sends at once what has not been sent. */
  pushRest(): void
  /** What would be lost if the page went away now. */
  kept(): Stash
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
  const sessions = new Set<NoteSession>()
  /** Left by the page before this one for the note that it showed. */
  let unstored: Stash['unstored'] = []
  let writing: WritingPlace | null = null

  const start = (
    note: string,
    listener: NoteListener,
    more: Pick<NoteSessionDeps, 'root' | 'inherited' | 'cursor'>,
  ) => {
    const extensions = noteExtensions(() => listener.onProblem(TOO_LONG))
    const session = openNoteSession({ ...deps, ...more, ...listener, note, extensions })
    sessions.add(session)
    return session
  }

  return {
    open(note, root, listener) {
      const inherited = unstored.find(left => left.note === note)?.edits
      const cursor = writing?.note === note ? writing : undefined
      if (inherited) unstored = []
      writing = null
      return start(note, listener, { root, ...(inherited && { inherited }), ...(cursor && { cursor }) })
    },
    goOn(stash, shown) {
      writing = stash.writing
      const first = stash.unstored.find(({ note }) => note === shown)
      if (first) unstored = [first]
      for (const left of stash.unstored) {
        if (left !== first) start(left.note, unseen, { root: nowhere(), inherited: left.edits }).close()
      }
    },
    pushRest: () => {
      for (const session of sessions) session.pushRest()
    },
    kept: () => {
      for (const session of sessions) if (session.ended()) sessions.delete(session)
      const left = [...sessions].flatMap(session => {
        const edits = session.kept()
        return edits ? [{ note: session.note, edits }] : []
      })
      const places = [...sessions].flatMap(session => {
        const cursor = session.cursor()
        return cursor ? [{ note: session.note, ...cursor }] : []
      })
      return { unstored: [...unstored, ...left], writing: places.at(-1) ?? writing }
    },
  }
}
