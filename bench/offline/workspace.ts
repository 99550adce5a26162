import type { Later } from '../support/ending.ts'

/** What somebody does to one of the notes while there is no network. */
export interface Change {
  /** The number of the note. */
  readonly note: number
  readonly at: number
  readonly remove: number
  readonly insert: string
}

/** Two devices with the same notes and their server. */
export interface Workspace {
  /** The first device loses its network, and this is written on it. Resolves when it is stored there. */
  writeOffline(changes: Iterable<Change>): Promise<void>
  /** The first device gets its network back; resolves when the server and the other device have all of it. */
  comeTogether(): Promise<void>
  /** Throws where the devices have not the same notes. */
  check(): Promise<void>
  /** What passed over the network so far. */
  bytes(): number
}

/** Fills it with these texts, of which the first `changed` are going to be written in. */
export type OpenWorkspace = (texts: readonly string[], changed: number, later: Later) => Promise<Workspace>
