import type { DocumentId, EnvelopeId, WorkspaceId } from './ids.ts'
import type { Mark, RefusalCode } from './relay-messages.ts'

/** Paths and JSON bodies of the relay's HTTP side. Binary bodies are in relay-bodies.ts. */

export const SUBPROTOCOL = 'holdfast'
export const CBOR_TYPE = 'application/cbor'
export const ACCESS_TYPE = 'application/jose'
/** Carries the operator's invitation code when a workspace is made. */
export const OPERATOR_CODE_HEADER = 'holdfast-operator-code'

export const workspacePath = (workspace: WorkspaceId): string => `/w/${workspace}`
export const logPath = (workspace: WorkspaceId): string => `/w/${workspace}/log`
export const accessPath = (workspace: WorkspaceId): string => `/w/${workspace}/access`

/** Answer to `POST …/log`: what is durable now and what was refused, document by document. */
export interface AppendAnswer {
  readonly log: string
  readonly known: readonly {
    readonly document: DocumentId
    readonly envelopes: readonly EnvelopeId[]
    readonly from: Mark
    readonly to: Mark
  }[]
  readonly refused: readonly {
    readonly document: DocumentId
    readonly envelopes: readonly EnvelopeId[]
    readonly code: RefusalCode
    readonly message: string
  }[]
}

/** Answer to `GET …/log?after=…&document=…&limit=…`; envelopes as base64url. */
export interface LogAnswer {
  readonly log: string
  readonly from: Mark
  readonly to: Mark
  /** Whether there are more entries after `to`. */
  readonly more: boolean
  readonly entries: readonly {
    readonly position: number
    readonly stamp: string
    readonly document: DocumentId
    readonly envelope: string
  }[]
}

/** Answer to `GET …/access`: all signed statements about members, each after those it builds on. */
export interface AccessAnswer {
  readonly statements: readonly string[]
}

/** Answer to `PUT …/access`: where things stand now, and what was refused of several statements. */
export interface AccessWritten {
  /** Both as in `hello`. */
  readonly generation: number
  readonly access: string
  readonly refused: readonly {
    /** Its place in the body, from 0. */
    readonly index: number
    readonly code: RefusalCode
    readonly message: string
  }[]
}

/** Body of every HTTP refusal. */
export interface RefusalAnswer {
  readonly error: { readonly code: RefusalCode; readonly message: string }
}
