import { readContent as read } from '../../../worker/sync/document/read-content.ts'

export * from '../../../worker/sync/document/read-content.ts'

/** Passes over what it cannot read, and forgets it. */
export const readContent: typeof read = (before, entries, how) =>
  read(
    before,
    entries.filter(({ opened }) => opened.ok),
    how,
  )
