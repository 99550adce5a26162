import type { EditOutcome, TextUpdate } from './notes.ts'
import type { Result } from './result.ts'
import type { ViewRequest } from './views.ts'

// On the raw MessagePort between a tab and the worker.

/** From the tab. `watch` is chosen by the tab and names the subscription from then on. */
export type TabMessage =
  | { readonly type: 'watch'; readonly watch: number; readonly request: ViewRequest }
  | { readonly type: 'unwatch'; readonly watch: number }
  /** Ready for the next delta: at most one is under way for each subscription. */
  | { readonly type: 'received'; readonly watch: number }
  /** A gap was seen: send a snapshot. */
  | { readonly type: 'reset'; readonly watch: number }
  /**
   * What was typed into the note of this watch, on this version of its text. Each is answered by one `edited`, in the
   * order in which they came.
   */
  | {
      readonly type: 'edit'
      readonly watch: number
      readonly version: number
      readonly updates: readonly TextUpdate[]
    }
  /** Whether anybody can see the tab; until it says so, somebody does. Who is not seen is told later, and less often. */
  | { readonly type: 'seen'; readonly seen: boolean }

/** From the worker. `epoch` is one life of the worker; versions count within it. */
export type ViewMessage =
  | {
      readonly type: 'snapshot'
      readonly watch: number
      readonly epoch: string
      readonly version: number
      readonly value: unknown
    }
  | {
      readonly type: 'delta'
      readonly watch: number
      readonly epoch: string
      readonly from: number
      readonly to: number
      readonly changes: unknown
    }
  /** Errors: `access-denied`, `no-note`, `bad-edit`, `note-too-long`. */
  | { readonly type: 'edited'; readonly watch: number; readonly result: Result<EditOutcome> }
  /**
   * The view cannot be shown (again). Codes: `no-note` (deleted for good), `unknown-note` (the workspace has never
   * heard of it), `no-workspace`, and others.
   */
  | {
      readonly type: 'unavailable'
      readonly watch: number
      readonly code: string
      readonly message: string
    }
