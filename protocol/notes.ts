import type { TextUpdate } from './commands.ts'
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

/** `version` of the snapshot or delta counts the text's updates, as `edit-note` and CodeMirror's collab do. */
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
