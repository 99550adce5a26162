import type { DocumentId, WorkspaceId } from './ids.ts'

export type Place = 'notes' | 'trash'

export interface NoteRow {
  readonly id: DocumentId
  /** The first line that is not empty, without Markdown marks; '' for an empty note. */
  readonly title: string
  /** The words after the title, at most 160 characters. */
  readonly excerpt: string
  /** Folder path with `/`, '' at the top. */
  readonly folder: string
  /** Milliseconds since 1970. */
  readonly updated: number
}

export interface NotesValue {
  /** The first `limit` rows, newest first. */
  readonly rows: readonly NoteRow[]
  /** How many match. */
  readonly total: number
  /** How many there are in this place without the filter. */
  readonly all: number
}

/** The order is sent whole only when it changed; rows only those that are new or changed. */
export interface NotesChanges {
  readonly rows: readonly NoteRow[]
  readonly order?: readonly DocumentId[]
  readonly total: number
  readonly all: number
}

/** One step of typing: the id of the editor that made it and CodeMirror's ChangeSet as JSON. */
export interface TextUpdate {
  readonly clientID: string
  /** Which of this editor's steps it is, from 1: its name, by which it is known to be in a text. Others' have none. */
  readonly count?: number
  readonly changes: unknown
}

/**
 * What became of an edit. Not accepted: others changed the text since; the tab rebases on the deltas that it gets and
 * sends again. Where it is out of step, the updates do not follow the last one of their editor in the text: it asks for
 * a snapshot.
 */
export type EditOutcome =
  | { readonly accepted: true; readonly version: number }
  | { readonly accepted: false; readonly outOfStep?: true }

/** `version` of the snapshot or delta counts the text's updates, as edits and CodeMirror's collab do. */
export interface NoteValue {
  readonly workspace: WorkspaceId
  readonly text: string
  /** The text of this version and all before it was read back from the disk. */
  readonly stored: number
  /** How many steps of each editor are in the text, by its id; those that edited long ago are forgotten. */
  readonly counts: Readonly<Record<string, number>>
  readonly place: Place | 'gone'
  readonly folder: string
  /** Others who have this note open now. */
  readonly present: number
  /** This device may not change it. */
  readonly readOnly: boolean
}

export interface NoteChanges {
  /** In order; `to - from` of them. A tab finds its own among them by their clientID. */
  readonly updates: readonly TextUpdate[]
  readonly stored?: number
  readonly place?: Place | 'gone'
  readonly folder?: string
  readonly present?: number
  readonly readOnly?: boolean
}

/** Texts that are here and that the index does not name, titled from the texts themselves. */
export type RecoveredValue = readonly NoteRow[]
