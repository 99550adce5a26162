import { createBatch as create } from '../../../worker/sync/document/batch.ts'

export * from '../../../worker/sync/document/batch.ts'

/** What waits to be sent together does not count as unsent. */
export const createBatch: typeof create = deps => ({ ...create(deps), size: () => 0 })
