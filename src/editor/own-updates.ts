import type { ChangeSet } from '@codemirror/state'

interface Update {
  readonly changes: ChangeSet
}

const isSame = (a: ChangeSet, b: ChangeSet | undefined): boolean =>
  JSON.stringify(a.toJSON()) === JSON.stringify(b?.toJSON())

/**
 * Whether the own updates that came are the very ones that wait here to be confirmed. What an editor sends is accepted
 * on the version that it knew or not at all, so they come first and unchanged. Others can only be of another page that
 * does the same steps, after a reload for example: it may have put them elsewhere, and collab would not notice.
 */
export const areOurs = (
  waiting: readonly Update[],
  came: readonly (Update & { readonly own: boolean })[],
): boolean => {
  const count = came.filter(({ own }) => own).length
  return came
    .slice(0, count)
    .every(({ own, changes }, index) => own && isSame(changes, waiting[index]?.changes))
}
