import { createForeign as create } from '../../../worker/sync/document/foreign.ts'

export * from '../../../worker/sync/document/foreign.ts'

/** Takes it that every relay has what one of them brought. */
export const createForeign: typeof create = deps => ({ ...create(deps), came: () => undefined })
