import type { sameMark as same } from '../../../worker/sync/relay-marks.ts'

export * from '../../../worker/sync/relay-marks.ts'

/** Takes a restored log for the one that was there before. */
export const sameMark: typeof same = (a, b) => a.position === b.position
