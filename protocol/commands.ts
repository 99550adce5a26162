import type { DocumentId, WorkspaceId } from './ids.ts'
import type { LockIntent, LockOutcomes } from './lock.ts'
import type { PeopleIntent, PeopleOutcomes } from './people.ts'
import type { VaultIntent, VaultOutcomes } from './vault.ts'
import type { Colour } from './workspace-look.ts'

/** What a tab asks the worker to do. A command carries an id, so that sending it twice does it once. */
export interface Command<I extends Intent = Intent> {
  /** 16 random bytes as base64url. */
  readonly id: string
  readonly intent: I
  /**
   * The workspace that it is about. Only some commands are done in one that is not shown (`create-note`,
   * `transfer-notes`); the rest is refused then as `other-workspace`, because another tab has shown another one. Without it the command
   * is about the one that is shown.
   */
  readonly workspace?: WorkspaceId
}

/** A file as the browser hands it over: File and Blob fit. */
export interface ImportSource {
  /** Path with `/` below the chosen folder, for example `Journal/2026/May.md`. */
  readonly path: string
  readonly file: {
    readonly size: number
    /** Milliseconds since 1970, where the browser knows it. */
    readonly lastModified?: number
    arrayBuffer(): Promise<ArrayBuffer>
  }
}

export type Intent =
  | { readonly type: 'create-note'; readonly text?: string; readonly folder?: string }
  /** For a note that the workspace that is shown does not have. */
  | { readonly type: 'find-note'; readonly note: DocumentId }
  | { readonly type: 'trash-note'; readonly note: DocumentId }
  | { readonly type: 'restore-note'; readonly note: DocumentId }
  | { readonly type: 'delete-note'; readonly note: DocumentId }
  | { readonly type: 'empty-trash' }
  /** A text that the index had lost becomes a note again. */
  | { readonly type: 'restore-recovered'; readonly note: DocumentId }
  | { readonly type: 'delete-recovered'; readonly note: DocumentId }
  /** The person has read what a loss of storage took. */
  | { readonly type: 'dismiss-loss' }
  | {
      readonly type: 'import-notes'
      readonly sources: readonly ImportSource[]
      /** Goes on where the space is just enough; without it that is refused as `tight-space`. */
      readonly evenIfTight?: boolean
    }
  | { readonly type: 'export-notes' }
  | { readonly type: 'cancel-transfer' }
  | {
      readonly type: 'turn-on-sync'
      /** Address of the relay, `https://…` or `http://localhost…`. */
      readonly relay: string
      /** The operator's code, where the relay asks for one. */
      readonly operatorCode?: string
    }
  /** Lets go of all relays, on this device. */
  | { readonly type: 'turn-off-sync' }
  /** For all devices, where an owner or admin says it of a relay; else for this device. */
  | {
      readonly type: 'add-relay'
      readonly address: string
      readonly operatorCode?: string
      /** A plain Yjs server of the person's own, which can read everything: `wss://…`, with its path. */
      readonly trusted?: boolean
    }
  /** From all devices, where an owner or admin says it and others are left; else from this device. */
  | {
      readonly type: 'remove-relay'
      /** As the status names it, or the id of one that this device cannot use. */
      readonly origin: string
      /** Also deletes what it holds of the workspace, before it is let go of. For owners. */
      readonly deleteThere?: boolean
      /** The other devices go on using it. */
      readonly onlyHere?: boolean
    }
  | { readonly type: 'retry-sync' }
  | PeopleIntent
  /** Makes one and shows it. */
  | { readonly type: 'create-workspace'; readonly name: string; readonly colour: Colour }
  | { readonly type: 'switch-workspace'; readonly target: WorkspaceId }
  /** Renames the workspace, or gives it another colour, for all its members. */
  | { readonly type: 'change-workspace'; readonly name?: string; readonly colour?: Colour }
  /**
   * Takes a workspace from this device. With `keepCopy` its notes are copied into a personal one first, into a folder of
   * its name. What other devices and relays have stays there.
   */
  | { readonly type: 'leave-workspace'; readonly target: WorkspaceId; readonly keepCopy: boolean }
  /** Deletes a workspace for everybody who is in it. */
  | { readonly type: 'delete-workspace'; readonly target: WorkspaceId }
  /** Copies notes into another workspace. Without `keep` they move: each is deleted here once its copy is stored. */
  | {
      readonly type: 'transfer-notes'
      readonly notes: readonly DocumentId[]
      readonly target: WorkspaceId
      readonly keep: boolean
    }
  /** Store and send what is still held back, because the person leaves or looks away. */
  | { readonly type: 'flush' }
  /** The person or the network came back: try the relay at once. A lasting refusal stays one. */
  | { readonly type: 'wake' }
  | VaultIntent
  | LockIntent

/** What each intent answers with. */
export interface Outcomes extends PeopleOutcomes, VaultOutcomes, LockOutcomes {
  'create-note': { readonly note: DocumentId }
  /** Another workspace of this device that has it, or null. */
  'find-note': { readonly workspace: WorkspaceId | null }
  'trash-note': null
  'restore-note': null
  'delete-note': null
  'empty-trash': { readonly deleted: number }
  'restore-recovered': null
  'delete-recovered': null
  'dismiss-loss': null
  'import-notes': ImportReport
  /** A zip archive, or null where the person cancelled. `BlobLike` is a Blob. */
  'export-notes': {
    readonly archive: BlobLike | null
    readonly notes: number
    /** Notes that the list names and whose text has not arrived on this device: they are not in the archive. */
    readonly missing: number
  }
  'cancel-transfer': null
  'turn-on-sync': null
  'turn-off-sync': null
  'add-relay': null
  'remove-relay': null
  'retry-sync': null
  'create-workspace': { readonly workspace: WorkspaceId }
  'switch-workspace': null
  'change-workspace': null
  /**
   * told: when the others hear that this device left. later: as soon as a relay is reached. never: it stays in their list
   * until somebody takes it out.
   */
  'leave-workspace': { readonly notesKept: number; readonly told: 'now' | 'later' | 'never' }
  'delete-workspace': null
  /** The copies, in the order of the notes. */
  'transfer-notes': { readonly notes: readonly DocumentId[] }
  flush: null
  wake: null
}

export interface BlobLike {
  readonly size: number
  readonly type: string
  arrayBuffer(): Promise<ArrayBuffer>
}

export interface ImportReport {
  readonly cancelled: boolean
  readonly added: number
  /** Notes whose file had changed since it was imported, and that were not edited here. */
  readonly updated: number
  /** Files that are here already, word for word. */
  readonly unchanged: number
  readonly failed: readonly { readonly path: string; readonly reason: string }[]
}
