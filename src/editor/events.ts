import type { Failure } from '../../protocol/result.ts'
import type { NoteState } from './note-session.ts'

/** Where the open note is now, and who else has it open. */
export class NoteStateEvent extends Event {
  static readonly type = 'hf-note-state'
  readonly state: NoteState
  constructor(state: NoteState) {
    super(NoteStateEvent.type)
    this.state = state
  }
}

/** Why what is typed cannot be kept, or null once it can again. */
export class NoteProblemEvent extends Event {
  static readonly type = 'hf-note-problem'
  readonly problem: Failure | null
  constructor(problem: Failure | null) {
    super(NoteProblemEvent.type)
    this.problem = problem
  }
}

/** What was typed before the editor was there is in it now, or was left behind: the field can go. */
export class FirstWordsDoneEvent extends Event {
  static readonly type = 'hf-first-words-done'
  constructor() {
    super(FirstWordsDoneEvent.type)
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'hf-first-words-done': FirstWordsDoneEvent
    'hf-note-state': NoteStateEvent
    'hf-note-problem': NoteProblemEvent
  }
}
