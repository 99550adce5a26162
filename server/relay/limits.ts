import {
  DEFAULT_CONNECTIONS_PER_WORKSPACE,
  DEFAULT_MESSAGES_PER_SECOND,
  DEFAULT_WORKSPACE_BYTES,
  DEFAULT_WORKSPACE_DOCUMENTS,
  MAX_UNREAD_BYTES,
} from '../../protocol/limits.ts'

/** What a relay grants; the operator may change it. */
export interface RelayLimits {
  readonly workspaceBytes: number
  readonly workspaceDocuments: number
  readonly connectionsPerWorkspace: number
  /** On one connection, on average; twenty seconds' worth may come at once. */
  readonly messagesPerSecond: number
  readonly unreadBytes: number
}

export const DEFAULT_LIMITS: RelayLimits = {
  workspaceBytes: DEFAULT_WORKSPACE_BYTES,
  workspaceDocuments: DEFAULT_WORKSPACE_DOCUMENTS,
  connectionsPerWorkspace: DEFAULT_CONNECTIONS_PER_WORKSPACE,
  messagesPerSecond: DEFAULT_MESSAGES_PER_SECOND,
  unreadBytes: MAX_UNREAD_BYTES,
}
