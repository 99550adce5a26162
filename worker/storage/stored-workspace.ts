import type { WorkspaceId } from '../../protocol/ids.ts'
import type { StoredRelay } from './stored-relay.ts'

/** A workspace as this device knows it. */
export interface StoredWorkspace {
  readonly id: WorkspaceId
  /** What was said about its members and has an effect, as signed texts; parents come before children. */
  readonly statements: readonly string[]
  /** In the order in which they were named; none: sync is off. */
  readonly relays: readonly StoredRelay[]
  /** Origins of relays that the workspace names, and that this device alone does not use. */
  readonly left?: readonly string[]
  /** What its home document says, as long as it was open: shown while it is not. */
  readonly name?: string
  readonly colour?: string
  /** How many people are in it, as it was when it was open. */
  readonly people?: number
  /** The command that made it here: sent again, it makes no second one. */
  readonly madeBy?: string
}
