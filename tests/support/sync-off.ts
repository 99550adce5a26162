import type { SyncValue } from '../../protocol/sync.ts'

/** What a tab is told of sync as long as it is off. */
export const SYNC_OFF: SyncValue = {
  phase: 'off',
  waiting: 0,
  queued: 0,
  syncedAt: null,
  reachedAt: null,
  relay: null,
  relays: [],
  refusal: null,
  setAside: 0,
  remaining: 0,
  storageProblem: null,
  storing: false,
  workspace: 'w',
}
