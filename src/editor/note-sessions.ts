import type { RunCommand } from '../connection/command-queue.ts'
import type { ViewFeed } from '../views/view-feed.ts'
import type { KeptEdits } from './edit-keeper.ts'
import type { Stash } from './edit-stash.ts'
import { noteExtensions } from './note-extensions.ts'
import { type NoteSession, type NoteSessionDeps, openNoteSession } from './note-session.ts'
import type { UnstoredEdits } from './unstored-edits.ts'

export type NoteListener = Pick<NoteSessionDeps, 'onReady' | 'onNote' | 'onUnavailable' | 'onProblem'>

export interface NoteSessions {
  open(note: string, root: ShadowRoot, listener: NoteListener): NoteSession
  /** Goes on with what a page before this one had not stored, without showing it. */
  finish(stash: Stash): void
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

  const start = (note: string, listener: NoteListener, more: { root: ShadowRoot; inherited?: KeptEdits }) => {
    const extensions = noteExtensions(() => listener.onProblem(TOO_LONG))
    const session = openNoteSession({ ...deps, ...more, ...listener, note, extensions })
    sessions.add(session)
    return session
  }

  return {
    open: (note, root, listener) => start(note, listener, { root }),
    finish(stash) {
      for (const { note, edits } of stash) start(note, unseen, { root: nowhere(), inherited: edits }).close()
    },
    kept: () => {
      for (const session of sessions) if (session.ended()) sessions.delete(session)
      return [...sessions].flatMap(session => {
        const edits = session.kept()
        return edits ? [{ note: session.note, edits }] : []
      })
    },
  }
}
