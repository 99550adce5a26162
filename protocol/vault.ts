/** What a tab and the worker say to each other about the vault. Secrets cross only as an answer to a request for one. */

import type { BlobLike } from './commands.ts'

/** 16 random bytes as base64url. */
export type VaultEntryId = string

export const VAULT_KINDS = ['password', 'key', 'note'] as const
export type VaultKind = (typeof VAULT_KINDS)[number]

/** Each of them is sealed by itself. `value` is the password, the key, or the text of a note. */
export const VAULT_FIELDS = ['title', 'username', 'url', 'value', 'note'] as const
export type VaultField = (typeof VAULT_FIELDS)[number]

/** The longest text in one field, in UTF-16 units. */
export const MAX_VAULT_TEXT = 100_000

export type VaultTexts = { readonly [F in VaultField]?: string }

export type VaultIntent =
  /** Without `entry` it makes a new one of the given kind. Fields that are not named stay as they are. */
  | {
      readonly type: 'vault-save'
      readonly entry?: VaultEntryId
      readonly kind?: VaultKind
      readonly fields: VaultTexts
    }
  | { readonly type: 'vault-reveal'; readonly entry: VaultEntryId; readonly field: VaultField }
  /** It can be restored until it is erased. */
  | { readonly type: 'vault-delete'; readonly entry: VaultEntryId }
  | { readonly type: 'vault-restore'; readonly entry: VaultEntryId }
  /** Nothing of it is kept. */
  | { readonly type: 'vault-erase'; readonly entry: VaultEntryId }
  /** Everything, unsealed. */
  | { readonly type: 'vault-export' }
  /** `text`: the content of such a file. */
  | { readonly type: 'vault-import'; readonly text: string }

export interface VaultOutcomes {
  'vault-save': { readonly entry: VaultEntryId }
  'vault-reveal': {
    readonly text: string
    /** What others wrote at the same time, where nobody has decided between them yet. */
    readonly others: readonly string[]
  }
  'vault-delete': null
  'vault-restore': null
  'vault-erase': null
  'vault-export': {
    /** A JSON file. */
    readonly file: BlobLike
    readonly entries: number
    /** Entries that are not in it, because this device cannot open them. */
    readonly unreadable: number
  }
  'vault-import': { readonly added: number; readonly unchanged: number }
}

/**
 * Why something cannot be opened here. other-device: it was sealed while sync was off there. unknown-key: this device
 * does not have that key of the workspace (yet). damaged: the key is here and does not fit.
 */
export type VaultProblem = 'other-device' | 'unknown-key' | 'damaged'

export interface VaultRow {
  readonly id: VaultEntryId
  readonly kind: VaultKind
  /** '' where there is none, or where it cannot be opened here. */
  readonly title: string
  readonly username: string
  readonly url: string
  /** The fields that hold something. */
  readonly filled: readonly VaultField[]
  /** Fields that were written by several at the same time: all of it is kept until one is saved. */
  readonly several: readonly VaultField[]
  /** Milliseconds since 1970. */
  readonly changed: number
  readonly deleted: boolean
  /** Null where all of it can be opened here. */
  readonly problem: VaultProblem | null
}

export interface VaultValue {
  /** By title. */
  readonly rows: readonly VaultRow[]
  /** By whose key what is written now is sealed. */
  readonly sealedBy: 'device' | 'workspace'
  /** Whether this device may write here. */
  readonly writable: boolean
  /** Values that are still to be sealed by that key; null where none are. */
  readonly sealing: { readonly done: number; readonly total: number } | null
}
