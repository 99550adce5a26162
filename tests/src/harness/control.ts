import type { SyncValue } from '../../../protocol/sync.ts'
import type { TransferValue } from '../../../protocol/views.ts'
import type { DiskNote } from './fake-disk.ts'

export const CONTROL_CHANNEL = 'fake-worker-control'

/** What a test tells the fake worker. Each is answered with `done` on the same channel. */
export type Control =
  | { readonly type: 'seed'; readonly notes: readonly DiskNote[] }
  /** Others edit a note: `insert` at `at`. */
  | { readonly type: 'edit'; readonly note: string; readonly at: number; readonly insert: string }
  | { readonly type: 'sync'; readonly value: Partial<SyncValue> }
  | { readonly type: 'transfer'; readonly value: TransferValue }
  /** From now on nothing is stored, or it is again. */
  | { readonly type: 'hold-storage'; readonly hold: boolean }
  /** Answers to edits are held back, or let go. */
  | { readonly type: 'hold-answers'; readonly hold: boolean }
  /** The next deltas are dropped and a snapshot is sent instead, as under backpressure. */
  | { readonly type: 'snapshot'; readonly note: string }
  /** The note moves to another workspace: the same worker counts its versions from elsewhere. */
  | { readonly type: 'move'; readonly note: string }
  | { readonly type: 'die' }
