import type { ChangeSet, Text } from '@codemirror/state'
import { toBase64url } from '../../protocol/bytes.ts'
import type { NoteValue } from '../../protocol/notes.ts'
import {
  createEditKeeper,
  type EditKeeper,
  type KeptEdits,
  keepOn,
  keptFromJson,
  keptToJson,
  missingFrom,
  reachOf,
  withoutCounts,
} from './edit-keeper.ts'

/** A text as it came from the worker, anew. */
export interface NewText {
  readonly version: number
  readonly counts: NoteValue['counts']
  /** From the same life of the text's authority as the text before. */
  readonly same: boolean
}

/** A step that the worker has sent: the editor's own, or another's. */
interface Received {
  readonly changes: ChangeSet
  readonly own: boolean
  readonly count: number | undefined
}

/** What one editor typed, until all of it is stored: through texts that come anew, and from one page to the next. */
export interface OwnEdits {
  /** The editor's name in each of its steps. */
  readonly editor: string
  /** How many steps of this editor are in the text that the worker has sent. */
  counted(): number
  /** Goes on from a text that came; what it still lacks is returned, to be done again step by step. */
  goOn(fresh: Text, at: NewText): readonly ChangeSet[]
  /** Steps that follow version `from`. */
  received(from: number, updates: readonly Received[]): void
  /** The text of this version was read back from the disk. */
  stored(version: number): void
  /** Everything typed is stored, and what was inherited, too. */
  allStored(): boolean
  /** Those of a page before this one are in no text yet. */
  isInherited(): boolean
  /** What the next page needs; null where all is stored. */
  kept(): KeptEdits | null
}

/** `waiting`: steps of the editor that the worker has not sent back yet, in order. */
export const createOwnEdits = (
  from: KeptEdits | undefined,
  waiting: () => readonly { readonly changes: ChangeSet }[],
): OwnEdits => {
  const editor = from?.editor ?? toBase64url(crypto.getRandomValues(new Uint8Array(9)))
  let inherited = from ?? null
  /** Null before the first text came. */
  let keeper: EditKeeper | null = null
  let counted = 0

  const unconfirmed = () =>
    waiting().map(({ changes }, index) => ({ changes, own: true, count: counted + index + 1 }))

  const history = () => (inherited ? keptFromJson(inherited) : keeper?.history(unconfirmed()))

  const allStored = () =>
    inherited === null && (keeper === null || (waiting().length === 0 && keeper.isStored()))

  return {
    editor,
    counted: () => counted,
    goOn: (fresh, { version, counts, same }) => {
      const before = history()
      if (!before) {
        keeper = createEditKeeper(fresh, version)
        return []
      }
      const known = counts[editor]
      const { from, to } = reachOf(before, known ?? (same ? 0 : undefined))
      // In the same life of the text's authority, what it has sent already is still in it.
      const least = Math.max(from, same && keeper ? keeper.count() : 0)
      const { steps, index } = missingFrom(before, fresh, { from: least, to: Math.max(to, least) })
      keeper = keepOn(known === undefined && !same ? withoutCounts(before) : before, index, fresh, version)
      inherited = null
      counted = known ?? 0
      return steps
    },
    received: (from, updates) => {
      keeper?.received(
        updates.map(({ changes, own, count }, index) => ({ changes, own, count, version: from + index + 1 })),
      )
      counted = updates.findLast(({ count }) => count !== undefined)?.count ?? counted
    },
    stored: version => keeper?.stored(version),
    allStored,
    isInherited: () => inherited !== null,
    kept: () => {
      const now = allStored() ? undefined : history()
      return now ? (inherited ?? keptToJson(editor, now)) : null
    },
  }
}
